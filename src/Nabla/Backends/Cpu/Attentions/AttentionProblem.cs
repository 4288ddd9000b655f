namespace Nabla.Backends.Cpu.Attentions;

/// <summary>A matrix of floats whose rows are contiguous and <paramref name="Step"/> floats apart.</summary>
internal readonly unsafe record struct AttentionRows(nint Address, nint Step)
{
    public float* this[nint row] => (float*)Address + (row * Step);

    public AttentionRows From(long offset) => this with { Address = Address + (nint)(offset * sizeof(float)) };
}

/// <summary>Where targets may attend to: the byte at Address + target · Target + source · Source is not 0. Address 0: everywhere.</summary>
internal readonly record struct AttentionMask(nint Address, nint Target, nint Source);

/// <summary>What is added to the scores: the float at Address + target · Target + source · Source. Address 0: nothing.</summary>
internal readonly record struct AttentionBias(nint Address, nint Target, nint Source);

/// <summary>
/// One attention: queries [Targets, Width], keys [Sources, Width], values [Sources, Depth] → output [Targets, Depth]. The logarithms of the sums that the softmax divides by,
/// one per target, lie at <see cref="LogSums"/>. The gradients are used by the way back alone.
/// </summary>
internal unsafe struct AttentionProblem
{
    public int Targets, Sources, Width, Depth;
    public float Scale;
    public bool Causal;
    public AttentionRows Query, Key, Value, Output;
    public AttentionMask Mask;
    public AttentionBias Bias;
    /// <summary>Its first row is that of this attention's first target.</summary>
    public AttentionDropout Dropout;
    public float* LogSums;
    public AttentionRows Upstream, QueryGradient, KeyGradient, ValueGradient;

    /// <summary>Sets the mask, which [.., targets, sources] has been stretched to: Bool as a mask, floats as a bias.</summary>
    public void Cover(Tensor mask, long offset)
    {
        var (target, source) = ((nint)mask.Stride(mask.Rank - 2), (nint)mask.Stride(mask.Rank - 1));
        if (mask.DType == DType.Bool) Mask = new((nint)(mask.Pointer<byte>() + offset), target, source);
        else Bias = new((nint)(mask.Pointer<float>() + offset), target, source);
    }

    /// <summary>The sources that a causal target i sees are those up to i + this.</summary>
    public readonly int Ahead => Sources - Targets;

    /// <summary>How many sources any of the targets before <paramref name="end"/> sees.</summary>
    public readonly int Seen(int end) => Causal ? Math.Clamp(end + Ahead, 0, Sources) : Sources;
}

/// <summary>Attentions that are computed together, on the team.</summary>
internal interface IAttentionProblems
{
    int Count { get; }

    /// <summary>The most targets that one of them has.</summary>
    int MostTargets { get; }

    AttentionProblem this[int number] { get; }
}
