namespace Nabla.Layers;

/// <summary>
/// The transposed convolution, which enlarges where a convolution with the same settings shrinks (see <see cref="Tensor.ConvTranspose2d"/>).
/// x: [batch, channels, height, width] → [batch, outputs, lengths], length = stride · (length − 1) + dilation · (kernel − 1) + 1 − 2 · padding + output padding along
/// each axis. First values evenly over ±1/√(outputs / groups · kernel's size), as in PyTorch.
/// </summary>
public sealed partial class ConvTranspose2d : ILayer
{
    private readonly Size2 stride, padding, outputPadding, dilation;
    private readonly int groups;

    /// <summary>A transposed convolution: <c>new ConvTranspose2d(64, 32, kernel: 4, stride: 2, padding: 1)</c> doubles height and width.</summary>
    /// <param name="channels">The length of x's second axis.</param>
    /// <param name="outputs">How many channels y has.</param>
    /// <param name="kernel">The size of a kernel.</param>
    /// <param name="stride">How far apart two neighbours of x write (default 1).</param>
    /// <param name="padding">How much is cut off on every side (default 0).</param>
    /// <param name="outputPadding">How much longer y is at its end, less than the stride (default 0).</param>
    /// <param name="dilation">How far the kernel's elements are apart (default 1).</param>
    /// <param name="groups">The channels and outputs in so many parts, each on its own.</param>
    /// <param name="bias">Whether a number is added to each output.</param>
    /// <exception cref="ArgumentException">A length is not positive, or the groups do not divide the channels and the outputs.</exception>
    public ConvTranspose2d(
        int channels, int outputs, Size2 kernel, Size2? stride = null, Size2? padding = null, Size2? outputPadding = null, Size2? dilation = null, int groups = 1, bool bias = true)
    {
        (this.stride, this.padding, this.outputPadding, this.dilation, this.groups) = (stride ?? 1, padding ?? 0, outputPadding ?? 0, dilation ?? 1, groups);
        var weight = ConvolutionParameters.Weight(nameof(ConvTranspose2d), channels, outputs, groups, kernel.Height, kernel.Width);
        var uniform = ConvolutionParameters.Uniform(weight);
        Weight = new(weight, uniform);
        Bias = bias ? new([outputs], uniform) : null;
    }

    /// <summary>[channels, outputs / groups, kernel height, kernel width]</summary>
    public Parameter Weight { get; }

    /// <summary>[outputs], or none.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">x has other channels, or the padding leaves nothing.</exception>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.ConvTranspose2d(Weight, Bias?.Value, stride, padding, outputPadding, dilation, groups);
    }
}
