namespace Nabla.Layers;

/// <summary>x + f(x) (He et al. 2016). f keeps the shape, or shortcut gives x the shape of f(x).</summary>
/// <param name="layers">f, one layer after another.</param>
public sealed partial class Residual(params IEnumerable<ILayer> layers) : ILayer
{
    /// <summary>f</summary>
    public Sequential Layers { get; } = new(layers);

    /// <summary>What x itself goes through; none: it is added as it is.</summary>
    public ILayer? Shortcut { get; init; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => (Shortcut?.Forward(x) ?? x) + Layers.Forward(x);
}
