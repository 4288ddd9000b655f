namespace Nabla.Layers;

/// <summary>Means over a grid of equal parts, whatever the size of x.  x: [.., height, width] → [.., output]</summary>
/// <param name="output">How many parts along each axis; 1: the mean of each image.</param>
public sealed partial class AdaptiveAveragePool2d(Size2 output) : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.AdaptiveAvgPool2d(output);
    }
}
