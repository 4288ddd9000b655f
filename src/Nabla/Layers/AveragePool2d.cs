namespace Nabla.Layers;

/// <summary>The mean of each window.  x: [.., height, width] → [.., places, places]</summary>
/// <param name="kernel">The window.</param>
/// <param name="stride">How far it moves; by default its own size, so that windows do not overlap.</param>
/// <param name="padding">How far it may reach beyond the edges, where zeros are, at most half of it (default 0).</param>
/// <param name="countPadding">Whether those zeros count in the mean.</param>
public sealed partial class AveragePool2d(Size2 kernel, Size2? stride = null, Size2? padding = null, bool countPadding = true) : ILayer
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The window does not fit x.</exception>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.AvgPool2d(kernel, stride, padding, countPadding);
    }
}
