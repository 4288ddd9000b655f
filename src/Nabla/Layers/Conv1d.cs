namespace Nabla.Layers;

/// <summary>
/// y[o, p] = Σ_{c, k} x[c, stride · p + dilation · k − padding] · weight[o, c, k] + bias[o] (see <see cref="Tensor.Conv1d"/>).
/// x: [batch, channels, length] → [batch, outputs, places]. First values evenly over ±1/√(channels / groups · kernel), as in PyTorch.
/// </summary>
public sealed partial class Conv1d : ILayer
{
    private readonly int stride, padding, dilation, groups;

    /// <summary>A convolution: <c>new Conv1d(64, 128, kernel: 5, padding: 2)</c>.</summary>
    /// <param name="channels">The length of x's second axis.</param>
    /// <param name="outputs">How many kernels there are, each of which gives a channel of y.</param>
    /// <param name="kernel">The length of a kernel.</param>
    /// <param name="stride">How far the kernel moves.</param>
    /// <param name="padding">Zeros on both sides.</param>
    /// <param name="dilation">How far the kernel's elements are apart.</param>
    /// <param name="groups">The channels and outputs in so many parts, each convolved on its own; as many as channels: depthwise.</param>
    /// <param name="bias">Whether a number is added to each output.</param>
    /// <exception cref="ArgumentException">A length is not positive, or the groups do not divide the channels and the outputs.</exception>
    public Conv1d(int channels, int outputs, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, bool bias = true)
    {
        (this.stride, this.padding, this.dilation, this.groups) = (stride, padding, dilation, groups);
        var weight = ConvolutionParameters.Weight(nameof(Conv1d), outputs, channels, groups, kernel);
        var uniform = ConvolutionParameters.Uniform(weight);
        Weight = new(weight, uniform);
        Bias = bias ? new([outputs], uniform) : null;
    }

    /// <summary>[outputs, channels / groups, kernel]</summary>
    public Parameter Weight { get; }

    /// <summary>[outputs], or none.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">x has other channels, or is shorter than the kernel.</exception>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Conv1d(Weight, Bias?.Value, stride, padding, dilation, groups);
    }
}
