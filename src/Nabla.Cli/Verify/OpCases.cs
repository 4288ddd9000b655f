namespace Nabla.Cli.Verify;

/// <summary>Cases of ops and losses: the result, and the gradients that leave when an upstream gradient arrives.</summary>
internal static partial class OpCases
{
    public static void Run(VerifyCase @case, Comparison comparison)
    {
        if (!Calls.TryGetValue(@case.Op, out var call) && !Losses.TryGetValue(@case.Op, out call)) throw new NotBuiltException(@case.Op);
        var inputs = new Inputs(@case);
        var output = @case.Outputs.FirstOrDefault() ?? "out";
        comparison.Add(output, @case.Tensor(output), call(inputs));
        var differentiable = @case.Inputs.Where(name => @case.Has($"grad.{name}")).ToList();
        if (differentiable.Count == 0) return;
        var upstream = @case.Tensor($"upstream.{output}");
        var (_, gradients) = Gradients.Of(() => (call(inputs) * upstream).Sum(), [.. differentiable.Select(inputs.Get)]);
        foreach (var name in differentiable) comparison.Add($"the gradient of {name}", @case.Tensor($"grad.{name}"), gradients[inputs.Get(name)]);
    }

    /// <summary>The case's tensors, each read once, so that a gradient can be asked by the very tensor that the op took.</summary>
    private sealed class Inputs(VerifyCase @case)
    {
        private readonly Dictionary<string, Tensor> read = [];

        public VerifyCase Case => @case;

        public Tensor Get(string name) => read.TryGetValue(name, out var tensor) ? tensor : read[name] = @case.Tensor(name);

        public Tensor? Optional(string name) => @case.Has(name) ? Get(name) : null;
    }
}
