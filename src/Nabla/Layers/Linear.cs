using Nabla.Initializers;

namespace Nabla.Layers;

/// <summary>y = x · Wᵀ + b.  x: [.., inputs] → [.., outputs]. First values evenly over ±1/√inputs, as in PyTorch.</summary>
/// <param name="inputs">The length of x's last axis.</param>
/// <param name="outputs">The length of y's last axis.</param>
/// <param name="bias">Whether b is added.</param>
/// <param name="initializer">Of W; b then begins at 0. None: both are drawn evenly from ±1/√inputs.</param>
public sealed partial class Linear(int inputs, int outputs, bool bias = true, Initializer? initializer = null) : ILayer
{
    /// <summary>W: [outputs, inputs]</summary>
    public Parameter Weight { get; } = new([outputs, inputs], initializer ?? Initialize.Uniform(fanIn: inputs));

    /// <summary>b: [outputs], or none.</summary>
    public Parameter? Bias { get; } = bias ? new([outputs], initializer is null ? Initialize.Uniform(fanIn: inputs) : Initialize.Zeros) : null;

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Linear(Weight, Bias?.Value);
    }
}
