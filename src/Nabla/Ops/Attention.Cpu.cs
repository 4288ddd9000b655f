using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Attentions;

namespace Nabla.Ops;

internal sealed partial record Attention : ICpuKernel, ICpuGradientKernel
{
    /// <summary>What the way back takes from the way there: the logarithm of each target's sum, [.., targets].</summary>
    private Tensor? logSums;

    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType == DType.Float32;

    /// <summary>Not where several matrices of a batch share one input: their gradients would be added out of order.</summary>
    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) =>
        Accepts(inputs) && inputs[0].Shape[..^2] == inputs[1].Shape[..^2] && inputs[0].Shape[..^2] == inputs[2].Shape[..^2];

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        logSums = Recorder.Current is null ? null : Tensor.Empty(output.Shape[..^1], DType.Float32);
        Run(inputs, output, logSums);
    }

    private void Run(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor? sums)
    {
        if (output.Length > 0) AttentionLoops.Forward(new AttentionBatch(this, inputs, output, sums));
    }

    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients)
    {
        if (logSums is null) Run(inputs, Tensor.Empty(output.Shape, output.DType), logSums = Tensor.Empty(output.Shape[..^1], DType.Float32));
        AttentionLoops.Backward(new AttentionBatch(this, inputs, output, logSums) { Upstream = dy.Contiguous(), Gradients = gradients.ToArray() });
        if (gradients.Length > 3 && gradients[3] is { } bias) CopyLoops.Copy(BiasGradient(inputs, output, dy), bias);
    }

    /// <summary>By the composition: the result is as large as the scores, or their sum.</summary>
    internal Tensor BiasGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy)
    {
        using var paused = Recorder.Pause();
        return Gradient(new Backward(inputs.ToArray(), output, dy, [false, false, false, true]))[3]!;
    }

    /// <summary>The attentions of a batch: where each of its matrices lies.</summary>
    private readonly unsafe struct AttentionBatch : IAttentionProblems
    {
        private readonly Attention op;
        private readonly Tensor query, key, value, output;
        private readonly Tensor? mask, sums;
        private readonly long[] queries, keys, values, masks;

        public AttentionBatch(Attention op, ReadOnlySpan<Tensor> inputs, Tensor output, Tensor? sums)
        {
            (this.op, this.output, this.sums) = (op, output, sums);
            (query, key, value) = (Matrices.WithRows(inputs[0]), Matrices.WithRows(inputs[1]), Matrices.WithRows(inputs[2]));
            var batch = output.Shape[..^2];
            (queries, keys, values, masks) = (Matrices.Offsets(query, batch), Matrices.Offsets(key, batch), Matrices.Offsets(value, batch), []);
            if (inputs.Length <= 3) return;
            using var paused = Recorder.Pause();
            mask = inputs[3].Expand([.. output.Shape[..^1], key.Shape[^2]]);
            masks = Matrices.Offsets(mask, batch);
        }

        public Tensor? Upstream { private get; init; }
        public Tensor?[] Gradients { private get; init; } = [null, null, null];

        public int Count => queries.Length;
        public int MostTargets => output.Shape[^2];

        public AttentionProblem this[int number]
        {
            get
            {
                var problem = Bare(number);
                if (mask is not null) problem.Cover(mask, masks[number]);
                return problem;
            }
        }

        private AttentionProblem Bare(int number) => new()
        {
            Targets = query.Shape[^2], Sources = key.Shape[^2], Width = query.Shape[^1], Depth = value.Shape[^1], Scale = (float)op.Scale, Causal = op.Causal,
            Query = Rows(query, queries[number]), Key = Rows(key, keys[number]), Value = Rows(value, values[number]), Output = Own(output, number),
            Dropout = op.Dropout with { FirstRow = op.Dropout.FirstRow + ((uint)number * op.Dropout.RowStep) },
            LogSums = sums is null ? null : sums.Pointer<float>() + ((nint)number * MostTargets),
            Upstream = Own(Upstream, number), QueryGradient = Own(Gradients[0], number), KeyGradient = Own(Gradients[1], number), ValueGradient = Own(Gradients[2], number),
        };

        private static AttentionRows Rows(Tensor x, long offset) => new((nint)(x.Pointer<float>() + offset), (nint)x.Stride(x.Rank - 2));

        /// <summary>Matrix number i of a contiguous tensor.</summary>
        private static AttentionRows Own(Tensor? x, int number) => x is null ? default : new((nint)(x.Pointer<float>() + ((nint)number * x.Shape[^2] * x.Shape[^1])), x.Shape[^1]);
    }
}
