using Nabla.Ops;

namespace Nabla;

/// <summary>One noted step: an op, what it took and what it gave.</summary>
internal sealed class Node(Tape tape, int index, Op op, Tensor[] inputs, Tensor output, Tensor[] saved)
{
    public Tape Tape => tape;
    public int Index => index;
    public Op Op => op;
    public Tensor[] Inputs => inputs;
    public Tensor Output => output;
    public Tensor[] Saved => saved;
}

/// <summary>
/// The steps of a computation in order, kept while a <see cref="Gradients"/> closure runs. Scopes nest on one list: an inner closure owns the steps from its
/// start on, and its backward walk is noted for the outer one, which is how higher-order gradients come about.
/// </summary>
internal sealed class Tape : IRecorder
{
    [ThreadStatic] private static Tape? current;

    private readonly List<Node?> nodes = [];
    private readonly List<Sources> scopes = [];

    /// <summary>What a scope differentiates by: named tensors, or (null) all parameters that are not frozen.</summary>
    internal sealed class Sources(Tensor[]? named)
    {
        public Tensor[]? Named => named;

        public bool Contains(Tensor x) => named is null ? x is { IsParameter: true, IsFrozen: false } : Array.IndexOf(named, x) >= 0;
    }

    /// <summary>Whether a closure is being noted on this thread.</summary>
    public static bool IsRecording => Recorder.Current is Tape;

    public bool Tracks(ReadOnlySpan<Tensor> inputs)
    {
        foreach (var input in inputs) if (IsTracked(input)) return true;
        return false;
    }

    public void Record(Op op, ReadOnlySpan<Tensor> inputs, Tensor output, Tensor[]? saved = null)
    {
        if (!output.DType.IsFloat || output.IsParameter) return;
        // An op that gave an input back did nothing: a step from a tensor to itself would end the walk there.
        foreach (var input in inputs) if (input == output) return;
        if (!Tracks(inputs)) return;
        var node = new Node(this, nodes.Count, op, inputs.ToArray(), output, saved ?? []);
        nodes.Add(node);
        output.Creator = node;
    }

    private bool IsTracked(Tensor x)
    {
        if (x.Creator is Node node && node.Tape == this) return true;
        if (!x.DType.IsFloat) return false;
        foreach (var scope in scopes) if (scope.Contains(x)) return true;
        return false;
    }

    /// <summary>Runs a closure and differentiates its result by the sources, from the gradient that arrives at it (null: it is a single number, 1 arrives).</summary>
    public static (Tensor Result, Dictionary<Tensor, Tensor> Gradients) Differentiate(Func<Tensor> closure, Sources sources, Tensor? upstream = null)
    {
        var (tape, recorder) = (current ??= new Tape(), Recorder.Current);
        var (start, outermost) = (tape.nodes.Count, tape.scopes.Count == 0);
        tape.scopes.Add(sources);
        try
        {
            Recorder.Current = tape;
            var result = closure();
            if (upstream is null) DemandOneNumber(result);
            else if (result.Shape != upstream.Shape || result.DType != upstream.DType)
                throw new ArgumentException($"Gradients.Pullback: {upstream.DType}{upstream.Shape} cannot arrive at a result of {result.DType}{result.Shape}: the two must have one shape and type.");
            Recorder.Current = outermost ? null : tape;
            var walk = new BackwardWalk(tape, start, sources, frees: outermost);
            return (result, walk.Run(result, upstream ?? Tensor.Ones(result.Shape, result.DType)));
        }
        finally
        {
            Recorder.Current = recorder;
            tape.scopes.RemoveAt(tape.scopes.Count - 1);
            if (outermost) tape.Forget(0);
        }
    }

    private static void DemandOneNumber(Tensor loss)
    {
        if (loss.Length != 1)
            throw new ArgumentException($"Gradients.Of: the closure returned shape {loss.Shape}; a gradient is that of a single number. Reduce it: .Mean() or .Sum().");
        if (!loss.DType.IsFloat)
            throw new ArgumentException($"Gradients.Of: the closure returned {loss.DType}; a gradient needs Float32 or Float64. Compute the loss from the model's outputs, not from labels or indices.");
    }

    /// <summary>The gradients of an op's inputs through its composition: the composition is noted and walked back at once.</summary>
    public Tensor?[] ThroughComposition(Op op, Backward call)
    {
        var recorder = Recorder.Current;
        var start = nodes.Count;
        var wanted = call.Inputs.Where((_, i) => call.Needs(i)).ToArray();
        var sources = new Sources(wanted);
        scopes.Add(sources);
        try
        {
            Recorder.Current = this;
            var output = op.Compose(call.Inputs);
            Recorder.Current = recorder;
            var gradients = new BackwardWalk(this, start, sources, frees: false).Run(output, call.Upstream);
            // A tensor that is several inputs at once has its whole gradient at the first.
            return [.. call.Inputs.Select((input, i) => call.Needs(i) && gradients.Remove(input, out var gradient) ? gradient : null)];
        }
        catch (NoCompositionException missing) when (missing.Op == op)
        {
            throw new NotSupportedException($"{op.Name} has no gradient: it has neither one of its own nor a composition to derive it through. Keep it out of the path from the sources to the loss.");
        }
        finally
        {
            Recorder.Current = recorder;
            scopes.RemoveAt(scopes.Count - 1);
            if (recorder is null) Forget(start);
        }
    }

    public int Count => nodes.Count;

    public Node? this[int index] => nodes[index];

    /// <summary>Drops a step, so that what only it kept can be collected.</summary>
    public void Drop(int index)
    {
        if (nodes[index] is { } node) node.Output.Creator = null;
        nodes[index] = null;
    }

    private void Forget(int start)
    {
        for (var i = start; i < nodes.Count; i++) Drop(i);
        nodes.RemoveRange(start, nodes.Count - start);
    }
}
