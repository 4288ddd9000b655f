namespace Nabla.Layers;

/// <summary>
/// y[o, p] = Σ_{c, k} x[c, stride · p + dilation · k − padding] · weight[o, c, k] + bias[o] over both image axes (see <see cref="Tensor.Conv2d"/>).
/// x: [batch, channels, height, width] → [batch, outputs, places, places]. First values evenly over ±1/√(channels / groups · kernel's size), as in PyTorch.
/// </summary>
public sealed partial class Conv2d : ILayer
{
    private readonly Size2 stride, padding, dilation;
    private readonly int groups;

    /// <summary>A convolution: <c>new Conv2d(3, 64, kernel: 3, padding: 1)</c>; depthwise: <c>new Conv2d(64, 64, kernel: 3, padding: 1, groups: 64)</c>.</summary>
    /// <param name="channels">The length of x's second axis.</param>
    /// <param name="outputs">How many kernels there are, each of which gives a channel of y.</param>
    /// <param name="kernel">The size of a kernel.</param>
    /// <param name="stride">How far the kernel moves (default 1).</param>
    /// <param name="padding">Zeros on every side (default 0).</param>
    /// <param name="dilation">How far the kernel's elements are apart (default 1).</param>
    /// <param name="groups">The channels and outputs in so many parts, each convolved on its own; as many as channels: depthwise.</param>
    /// <param name="bias">Whether a number is added to each output.</param>
    /// <param name="initializer">The weight's first values, where they are not to be PyTorch's.</param>
    /// <exception cref="ArgumentException">A length is not positive, or the groups do not divide the channels and the outputs.</exception>
    public Conv2d(
        int channels, int outputs, Size2 kernel, Size2? stride = null, Size2? padding = null, Size2? dilation = null, int groups = 1, bool bias = true, Initializer? initializer = null)
    {
        (this.stride, this.padding, this.dilation, this.groups) = (stride ?? 1, padding ?? 0, dilation ?? 1, groups);
        var weight = ConvolutionParameters.Weight(nameof(Conv2d), outputs, channels, groups, kernel.Height, kernel.Width);
        var uniform = ConvolutionParameters.Uniform(weight);
        Weight = new(weight, initializer ?? uniform);
        Bias = bias ? new([outputs], uniform) : null;
    }

    /// <summary>[outputs, channels / groups, kernel height, kernel width]</summary>
    public Parameter Weight { get; }

    /// <summary>[outputs], or none.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">x has other channels, or is smaller than the kernel.</exception>
    public Tensor Forward(Tensor x) => Convolve(x, Weight, Bias?.Value);

    /// <summary>The same convolution with another weight and bias of the same shapes.</summary>
    internal Tensor Convolve(Tensor x, Tensor weight, Tensor? bias)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Conv2d(weight, bias, stride, padding, dilation, groups);
    }
}
