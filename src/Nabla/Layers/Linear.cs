using Nabla.Initializers;

namespace Nabla.Layers;

/// <summary>y = x · Wᵀ + b.  x: [.., inputs] → [.., outputs]. First values evenly over ±1/√inputs, as in PyTorch.</summary>
/// <param name="inputs">The length of x's last axis.</param>
/// <param name="outputs">The length of y's last axis.</param>
/// <param name="bias">Whether b is added.</param>
public sealed partial class Linear(int inputs, int outputs, bool bias = true) : ILayer
{
    /// <summary>W: [outputs, inputs]</summary>
    public Parameter Weight { get; } = new([outputs, inputs], Initialize.Uniform(fanIn: inputs));

    /// <summary>b: [outputs], or none.</summary>
    public Parameter? Bias { get; } = bias ? new([outputs], Initialize.Uniform(fanIn: inputs)) : null;

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Linear(Weight, Bias?.Value);
    }
}
