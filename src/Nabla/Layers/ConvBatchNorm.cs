namespace Nabla.Layers;

/// <summary>
/// A convolution without bias and the batch normalisation of its result, as residual networks are built of them.  x: [batch, channels, height, width] →
/// [batch, outputs, places, places]. In use, the normalisation's scale and shift are folded into the convolution (Jacob et al. 2018, §3.2), so that it costs
/// nothing: γ / √(σ² + ε) · (w ∗ x − μ) + β = (γ / √(σ² + ε) · w) ∗ x + (β − γ / √(σ² + ε) · μ). The folded weight is kept until a parameter or a statistic
/// changes; within a closure of <see cref="Gradients"/> nothing is folded.
/// </summary>
public sealed partial class ConvBatchNorm : ILayer
{
    private Fold? fold;

    /// <summary>A convolution and a normalisation: <c>new ConvBatchNorm(3, 64, kernel: 3, padding: 1)</c>.</summary>
    /// <param name="channels">The length of x's second axis.</param>
    /// <param name="outputs">How many kernels there are.</param>
    /// <param name="kernel">The size of a kernel.</param>
    /// <param name="stride">How far the kernel moves (default 1).</param>
    /// <param name="padding">Zeros on every side (default 0).</param>
    /// <param name="groups">The channels and outputs in so many parts, each convolved on its own; as many as channels: depthwise.</param>
    /// <param name="initializer">The weight's first values, where they are not to be PyTorch's.</param>
    /// <exception cref="ArgumentException">A length is not positive, or the groups do not divide the channels and the outputs.</exception>
    public ConvBatchNorm(int channels, int outputs, Size2 kernel, Size2? stride = null, Size2? padding = null, int groups = 1, Initializer? initializer = null)
    {
        Convolution = new(channels, outputs, kernel, stride, padding, groups: groups, bias: false, initializer: initializer);
        Norm = new(outputs);
    }

    /// <summary>w</summary>
    public Conv2d Convolution { get; }

    /// <summary>γ, β, μ and σ²</summary>
    public BatchNorm Norm { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">x has other channels, or is smaller than the kernel.</exception>
    public Tensor Forward(Tensor x)
    {
        if (Mode.IsTraining || Tape.IsRecording) return Norm.Forward(Convolution.Forward(x));
        var folded = Folded();
        return Convolution.Convolve(x, folded.Weight, folded.Bias);
    }

    /// <summary>Several threads may fold at once: each takes a whole fold, and the last is kept.</summary>
    private Fold Folded()
    {
        var state = new State(Version(Convolution.Weight), Version(Norm.Weight), Version(Norm.Bias), Norm.RunningMean.Value, Norm.RunningVar.Value);
        if (Volatile.Read(ref fold) is { } kept && kept.Of == state) return kept;
        var (scale, shift) = Norm.ScaleAndShift();
        var made = new Fold(state, Lasting(Convolution.Weight.Value * scale.Reshape(-1, 1, 1, 1)), shift);
        Volatile.Write(ref fold, made);
        return made;
    }

    private static (Tensor Value, int Version) Version(Parameter parameter) => (parameter.Value, parameter.Value.Storage.Version);

    /// <summary>A copy that lives long, so that kernels may keep what they derive from it, such as a packing.</summary>
    private static Tensor Lasting(Tensor weight)
    {
        var parameter = new Parameter(weight.Shape, (_, _) => weight);
        parameter.To(weight.DType);
        return parameter.Value;
    }

    /// <summary>What a fold is made from: the parameters and how often they have changed, and the statistics, which are replaced whole.</summary>
    private readonly record struct State((Tensor, int) Weight, (Tensor, int) Scale, (Tensor, int) Shift, Tensor Mean, Tensor Variance);

    private sealed record Fold(State Of, Tensor Weight, Tensor Bias);
}
