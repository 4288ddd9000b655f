namespace Nabla.Data;

/// <summary>An image and what is on it.</summary>
/// <param name="Image">Float32 [channels, height, width].</param>
/// <param name="Label">The number of its class, 0 or more.</param>
public sealed record Example(Tensor Image, int Label);

/// <summary>Images and what is on them.</summary>
/// <param name="Inputs">Float32 [batch, channels, height, width].</param>
/// <param name="Labels">The number of each one's class: Int64 [batch].</param>
public sealed record LabelledBatch(Tensor Inputs, Tensor Labels) : ICountedBatch
{
    /// <summary>How many labels there are. Where some are ignored or classes have weights, see
    /// <see cref="CrossEntropyOptions.CountOf"/>.</summary>
    public double LossCount => Labels.Length;
}

/// <summary>Images and how likely each class is on them.</summary>
/// <param name="Inputs">Float32 [batch, channels, height, width].</param>
/// <param name="Targets">Float32 [batch, classes]; each row sums to 1.</param>
public sealed record SoftBatch(Tensor Inputs, Tensor Targets) : ICountedBatch
{
    /// <summary>How many images there are.</summary>
    public double LossCount => Targets.Shape[0];
}
