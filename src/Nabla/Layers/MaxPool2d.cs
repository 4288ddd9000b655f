namespace Nabla.Layers;

/// <summary>The largest element of each window.  x: [.., height, width] → [.., places, places]</summary>
/// <param name="kernel">The window.</param>
/// <param name="stride">How far it moves; by default its own size, so that windows do not overlap.</param>
/// <param name="padding">How far it may reach beyond the edges, at most half of it; nothing there ever wins (default 0).</param>
public sealed partial class MaxPool2d(Size2 kernel, Size2? stride = null, Size2? padding = null) : ILayer
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The window does not fit x.</exception>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.MaxPool2d(kernel, stride, padding);
    }
}
