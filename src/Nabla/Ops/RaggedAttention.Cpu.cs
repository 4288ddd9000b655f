using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Attentions;

namespace Nabla.Ops;

internal sealed partial record RaggedAttention : ICpuSavingKernel, ICpuBackwardKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType == DType.Float32;

    public bool AcceptsBackward(Backward call) => call.Saved.Length == 1;

    /// <summary>Up to so many targets of a sequence are computed one by one: a panel of them would be mostly empty.</summary>
    private const int Few = 6;

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        if (!Causal && inputs.Length == 3 && Dropout.Probability == 0 && Longest(Targets) <= Few) RunRows(inputs, output);
        else AttentionLoops.Forward(new Sequences(this, inputs, output, null));
    }

    /// <summary>Saves the logarithm of each target's sum, [heads, targets].</summary>
    public Tensor[] RunAndSave(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var logSums = Tensor.Empty([Heads, output.Shape[0]], DType.Float32);
        AttentionLoops.Forward(new Sequences(this, inputs, output, logSums));
        return [logSums];
    }

    public Tensor?[] RunBackward(Backward call)
    {
        var gradients = new Tensor?[call.Inputs.Length];
        for (var i = 0; i < gradients.Length; i++)
            if (call.Needs(i)) gradients[i] = Tensor.Empty(call.Inputs[i].Shape, call.Inputs[i].DType);
        RunBackward(call, call.Inputs, gradients);
        return gradients;
    }

    /// <summary>
    /// Fills the gradients of query, key, value and masks, which may be views with contiguous rows; null where none is wanted.
    /// </summary>
    internal void RunBackward(Backward call, ReadOnlySpan<Tensor> inputs, Tensor?[] gradients)
    {
        var (output, dy) = (call.Output, call.Upstream);
        var sequences = new Sequences(this, inputs, output, call.Saved[0]) { Upstream = Matrices.WithRows(dy), Gradients = gradients };
        AttentionLoops.Backward(sequences);
        for (var i = 0; i < Count && gradients.Length > 3; i++)
            if (gradients[3 + i] is { } bias) CopyLoops.Copy(One(i).BiasGradient(Of(i, inputs), output, Apart(dy[Targets[i]..Targets[i + 1]])), bias);
    }

    /// <summary>The masks as [heads, targets, sources].</summary>
    private Tensor[] Stretched(ReadOnlySpan<Tensor> masks)
    {
        if (masks.Length == 0) return [];
        using var paused = Recorder.Pause();
        var all = new Tensor[masks.Length];
        for (var i = 0; i < all.Length; i++) all[i] = masks[i].Expand(Scores(i));
        return all;
    }

    /// <summary>One attention per sequence and head.</summary>
    private readonly unsafe struct Sequences(RaggedAttention op, ReadOnlySpan<Tensor> inputs, Tensor output, Tensor? logSums)
        : IAttentionProblems
    {
        private readonly RaggedAttention op = op;
        private readonly Tensor query = Matrices.WithRows(inputs[0]), key = Matrices.WithRows(inputs[1]), value = Matrices.WithRows(inputs[2]), output = output;
        private readonly Tensor[] masks = op.Stretched(inputs[3..]);

        public Tensor? Upstream { private get; init; }
        public Tensor?[] Gradients { private get; init; } = [null, null, null];

        public int Count => (op.Targets.Length - 1) * op.Heads;

        public int MostTargets { get; } = RaggedAttention.Longest(op.Targets);

        public AttentionProblem this[int number]
        {
            get
            {
                var (sequence, head) = (number / op.Heads, number % op.Heads);
                var (target, source) = (op.Targets[sequence], op.Sources[sequence]);
                var (width, depth) = (query.Shape[1] / op.Heads, value.Shape[1] / op.Heads);
                AttentionProblem problem = new()
                {
                    Targets = op.Targets[sequence + 1] - target, Sources = op.Sources[sequence + 1] - source, Width = width, Depth = depth, Scale = (float)op.Scale, Causal = op.Causal,
                    Query = Rows(query, target, head * width), Key = Rows(key, source, head * width), Value = Rows(value, source, head * depth), Output = Rows(output, target, head * depth),
                    Dropout = op.Dropout with { FirstRow = op.Dropout.FirstRow + (uint)((head * op.Targets[^1]) + target) },
                    LogSums = logSums is null ? null : logSums.Pointer<float>() + ((nint)head * output.Shape[0]) + target,
                    Upstream = Rows(Upstream, target, head * depth), QueryGradient = Rows(Gradients[0], target, head * width),
                    KeyGradient = Rows(Gradients[1], source, head * width), ValueGradient = Rows(Gradients[2], source, head * depth),
                };
                if (masks.Length > 0) problem.Cover(masks[sequence], head * masks[sequence].Stride(0));
                return problem;
            }
        }

        private static AttentionRows Rows(Tensor? x, int row, int column) => x is null ? default : new((nint)(x.Pointer<float>() + (row * x.Stride(0)) + column), (nint)x.Stride(0));
    }

    private static int Longest(int[] offsets)
    {
        var longest = 0;
        for (var i = 1; i < offsets.Length; i++) longest = Math.Max(longest, offsets[i] - offsets[i - 1]);
        return longest;
    }

    /// <summary>Each query by itself, without what the way back would want.</summary>
    private unsafe void RunRows(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var (query, key, value) = (Matrices.WithRows(inputs[0]), Matrices.WithRows(inputs[1]), Matrices.WithRows(inputs[2]));
        RowAttention.Run(
            new((nint)query.Pointer<float>(), (nint)query.Stride(0), (nint)output.Pointer<float>(), Heads, query.Shape[1] / Heads, value.Shape[1] / Heads, (float)Scale),
            new Lying((nint)key.Pointer<float>(), (nint)key.Stride(0), (nint)value.Pointer<float>(), (nint)value.Stride(0), Targets, Sources));
        GC.KeepAlive(query);
        GC.KeepAlive(key);
        GC.KeepAlive(value);
    }

    /// <summary>Keys and values of sequences one after another, each of which some rows attend to.</summary>
    private readonly unsafe struct Lying(nint key, nint keyStep, nint value, nint valueStep, int[] targets, int[] sources) : IRowSources
    {
        public int Groups => targets.Length - 1;

        public int First(int sequence) => targets[sequence];

        public int Count(int sequence) => sources[sequence + 1] - sources[sequence];

        public float* Key(int sequence, int source) => (float*)key + ((sources[sequence] + source) * keyStep);

        public float* Value(int sequence, int source) => (float*)value + ((sources[sequence] + source) * valueStep);
    }
}
