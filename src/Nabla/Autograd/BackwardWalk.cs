using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla;

/// <summary>
/// Backpropagation: from the last noted step to the first, each op turns the gradient that arrives at its result into gradients of its
/// inputs, and those that meet at one tensor are added (Rumelhart, Hinton, Williams 1986). An outermost walk frees what it has used as it goes.
/// </summary>
internal sealed class BackwardWalk(Tape tape, int start, Tape.Sources sources, bool frees)
{
    private readonly Tensor?[] arrived = new Tensor?[tape.Count - start];
    private readonly Dictionary<Tensor, Tensor> found = new(ReferenceEqualityComparer.Instance);
    private readonly List<Storage> fresh = [];

    public Dictionary<Tensor, Tensor> Run(Tensor output, Tensor upstream)
    {
        var end = tape.Count;
        Deposit(output, upstream);
        for (var i = end - 1; i >= start; i--)
        {
            if (arrived[i - start] is { } dy) Step(tape[i]!, dy);
            if (!frees) continue;
            arrived[i - start] = null;
            foreach (var saved in tape[i]?.Saved ?? []) saved.Storage.Release();
            tape.Drop(i);
        }
        if (frees) foreach (var gradient in found.Values) (gradient.Storage.Pending, gradient.Storage.IsTemporary) = (0, false);
        foreach (var source in sources.Named ?? [])
            if (!found.ContainsKey(source)) found.Add(source, Tensor.Zeros(source.Shape, source.DType));
        return found;
    }

    private void Step(Node node, Tensor dy)
    {
        var before = frees ? MemoryPool.Log(fresh) : null;
        try
        {
            var gradients = GradientsOf(node, dy);
            for (var i = 0; i < gradients.Length; i++)
                if (gradients[i] is { } gradient && Wants(node.Inputs[i])) Deposit(node.Inputs[i], gradient, node, i);
        }
        finally
        {
            if (frees) MemoryPool.Log(before);
        }
        if (frees) Free(dy);
    }

    private void Free(Tensor dy)
    {
        dy.Storage.Pending--;
        fresh.Add(dy.Storage);
        foreach (var storage in fresh)
        {
            if (storage.Pending == 0 && (storage.IsTemporary || storage != dy.Storage)) storage.Release();
            else if (storage != dy.Storage) storage.IsTemporary = true;
        }
        fresh.Clear();
    }

    private bool Wants(Tensor input) => sources.Contains(input) || (input.Creator is Node node && node.Tape == tape && node.Index >= start);

    private Tensor?[] GradientsOf(Node node, Tensor dy)
    {
        var wanted = new bool[node.Inputs.Length];
        for (var i = 0; i < wanted.Length; i++) wanted[i] = Wants(node.Inputs[i]);
        if (Recorder.Current is null && node.Op is ICpuGradientKernel kernel && kernel.AcceptsGradient(node.Inputs)) return Fused(kernel, node, dy, wanted);
        var call = new Backward(node.Inputs, node.Output, dy, wanted) { Saved = node.Saved };
        if (Recorder.Current is null && node.Op is ICpuBackwardKernel whole && whole.AcceptsBackward(call)) return Whole(whole, call);
        return node.Op.Gradient(call) ?? tape.ThroughComposition(node.Op, call);
    }

    private static Tensor?[] Whole(ICpuBackwardKernel kernel, Backward call)
    {
        var gradients = kernel.RunBackward(call);
        GC.KeepAlive(call);
        return gradients;
    }

    private static Tensor?[] Fused(ICpuGradientKernel kernel, Node node, Tensor dy, bool[] wanted)
    {
        var gradients = new Tensor?[wanted.Length];
        for (var i = 0; i < wanted.Length; i++)
            if (wanted[i]) gradients[i] = Tensor.Empty(node.Inputs[i].Shape, node.Inputs[i].DType);
        kernel.RunGradient(node.Inputs, node.Output, dy, gradients);
        GC.KeepAlive(gradients);
        GC.KeepAlive(node);
        GC.KeepAlive(dy);
        return gradients;
    }

    private void Deposit(Tensor input, Tensor gradient, Node? from = null, int position = 0)
    {
        if (gradient.Shape != input.Shape)
            throw new InvalidOperationException($"{from?.Op.Name}: its gradient of input {position} has shape {gradient.Shape}, the input has {input.Shape}. The op's Gradient is at fault.");
        if (sources.Contains(input)) found[input] = Meet(found.GetValueOrDefault(input), gradient);
        else if (input.Creator is Node node && node.Index >= start) arrived[node.Index - start] = Meet(arrived[node.Index - start], gradient);
    }

    /// <summary>The sum of the gradients that have arrived at one tensor, in place where only this walk knows the memory.</summary>
    private Tensor Meet(Tensor? sofar, Tensor gradient)
    {
        if (sofar is null) return Hold(gradient);
        if (!frees) return sofar + gradient;
        sofar.Storage.Pending--;
        if (!sofar.Storage.IsTemporary || sofar.Storage.Pending > 0 || !sofar.IsContiguous || sofar.Storage == gradient.Storage) return Hold(sofar + gradient);
        ElementwiseLoops.Binary(default(Add), sofar, gradient, sofar);
        return Hold(sofar);
    }

    private Tensor Hold(Tensor gradient)
    {
        if (frees) gradient.Storage.Pending++;
        return gradient;
    }
}
