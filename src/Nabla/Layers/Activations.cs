#pragma warning disable CA1062 // Tensor's own methods check.
namespace Nabla.Layers;

/// <summary>max(x, 0). Shape unchanged.</summary>
public sealed partial class ReLU : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.Relu();
}

/// <summary>min(max(x, 0), 6). Shape unchanged.</summary>
public sealed partial class ReLU6 : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.Relu6();
}

/// <summary>x where x &gt; 0, else negativeSlope · x. Shape unchanged.</summary>
/// <param name="negativeSlope">The slope below 0.</param>
public sealed partial class LeakyReLU(double negativeSlope = 0.01) : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.LeakyRelu(negativeSlope);
}

/// <summary>x where x &gt; 0, else α · (eˣ − 1). Shape unchanged.</summary>
/// <param name="alpha">α: what large negative x approach, negated.</param>
public sealed partial class ELU(double alpha = 1) : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.Elu(alpha);
}

/// <summary>The self-normalising ELU. Shape unchanged.</summary>
public sealed partial class SELU : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.Selu();
}

/// <summary>x · Φ(x), Φ the normal distribution; by tanh, its approximation. Shape unchanged.</summary>
/// <param name="byTanh">Whether Φ is approximated by tanh.</param>
public sealed partial class GELU(bool byTanh = false) : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => byTanh ? x.GeluTanh() : x.Gelu();
}

/// <summary>x / (1 + e⁻ˣ), also called swish. Shape unchanged.</summary>
public sealed partial class SiLU : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.Silu();
}

/// <summary>x · tanh(ln(1 + eˣ)). Shape unchanged.</summary>
public sealed partial class Mish : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.Mish();
}

/// <summary>tanh x. Shape unchanged.</summary>
public sealed partial class Tanh : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.Tanh();
}

/// <summary>1 / (1 + e⁻ˣ). Shape unchanged.</summary>
public sealed partial class Sigmoid : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.Sigmoid();
}

/// <summary>ln(1 + eˣ). Shape unchanged.</summary>
public sealed partial class Softplus : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.Softplus();
}

/// <summary>x / (1 + |x|). Shape unchanged.</summary>
public sealed partial class Softsign : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.Softsign();
}

/// <summary>x · min(max(x + 3, 0), 6) / 6. Shape unchanged.</summary>
public sealed partial class HardSwish : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.HardSwish();
}

/// <summary>min(max(x + 3, 0), 6) / 6. Shape unchanged.</summary>
public sealed partial class HardSigmoid : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.HardSigmoid();
}

/// <summary>exp(x) / Σ exp(x) along an axis: logits → probabilities. Shape unchanged.</summary>
/// <param name="axis">Which axis sums to 1.</param>
public sealed partial class Softmax(int axis = -1) : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.Softmax(axis);
}

/// <summary>ln(exp(x) / Σ exp(x)) along an axis: logits → log-probabilities. Shape unchanged.</summary>
/// <param name="axis">Along which the probabilities sum to 1.</param>
public sealed partial class LogSoftmax(int axis = -1) : ILayer
{
    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.LogSoftmax(axis);
}
