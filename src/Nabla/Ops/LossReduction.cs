namespace Nabla;

/// <summary>What becomes of the losses of the single elements or examples.</summary>
public enum Reduction
{
    /// <summary>Their mean.</summary>
    Mean,
    /// <summary>Their sum.</summary>
    Sum,
    /// <summary>They stay as they are.</summary>
    None,
    /// <summary>Their sum divided by the length of the first axis.</summary>
    BatchMean,
}

public sealed partial class Tensor
{
    /// <summary>These losses, one per element or example, as the caller wants them.</summary>
    internal Tensor Reduced(Reduction reduction) => reduction switch
    {
        Reduction.Mean => Mean(),
        Reduction.Sum => Sum(),
        Reduction.BatchMean => Sum() / (Rank == 0 ? 1 : Math.Max(1, Shape[0])),
        _ => this,
    };
}
