using Nabla.Initializers;

namespace Nabla.Layers;

/// <summary>
/// (x − mean) / √(variance + ε) · weight + bias over the last axes (Ba, Kiros, Hinton 2016).  x: [.., features] → same
/// </summary>
/// <param name="features">The last axes: <c>new LayerNorm(768)</c>, <c>new LayerNorm([3, 32, 32])</c>.</param>
/// <param name="epsilon">ε, added to the variance.</param>
public sealed partial class LayerNorm(Shape features, double epsilon = 1e-5) : ILayer
{
    /// <summary>Over the last axis.</summary>
    /// <param name="features">Its length.</param>
    /// <param name="epsilon">ε, added to the variance.</param>
    public LayerNorm(int features, double epsilon = 1e-5) : this([features], epsilon)
    {
    }

    /// <summary>[features], 1 at first</summary>
    public Parameter Weight { get; } = new(features, Initialize.Ones);

    /// <summary>[features], 0 at first</summary>
    public Parameter Bias { get; } = new(features, Initialize.Zeros);

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.LayerNorm(Weight, Bias, epsilon);
    }

    /// <summary>The norm of x + residual, in one pass where it is over the last axis.  x and residual: [.., features] → same</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor residual)
    {
        ArgumentNullException.ThrowIfNull(x);
        return features.Rank == 1 ? x.AddLayerNorm(residual, Weight, Bias, epsilon) : Forward(x + residual);
    }
}
