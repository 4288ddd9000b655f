namespace Nabla.Layers;

/// <summary>The axes start … end (both included) as one: by default all but the first.  x: [batch, ..] → [batch, rest]</summary>
/// <param name="start">The first of the axes.</param>
/// <param name="end">The last of them; −1 is the last of all.</param>
public sealed partial class Flatten(int start = 1, int end = -1) : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Flatten(start, end);
    }
}
