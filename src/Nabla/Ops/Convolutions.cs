using Nabla.Ops;

namespace Nabla;

/// <summary>A number per image axis: <c>2</c> for both or <c>(2, 1)</c> for height and width.</summary>
/// <param name="Height">Along the rows' axis, the last but one.</param>
/// <param name="Width">Along the last axis.</param>
public readonly record struct Size2(int Height, int Width)
{
    /// <summary>The same along both axes.</summary>
    public static implicit operator Size2(int both) => new(both, both);

    /// <summary>One along each axis.</summary>
    public static implicit operator Size2((int Height, int Width) size) => new(size.Height, size.Width);

    internal int[] ToArray() => [Height, Width];
}

public sealed partial class Tensor
{
    /// <summary>
    /// The convolution (cross-correlation) of x [batch, channels, length] → [batch, outputs, places], places = ⌊(length + 2 · padding − dilation · (kernel − 1) − 1) / stride⌋ + 1.
    /// </summary>
    /// <param name="weight">[outputs, channels / groups, kernel]</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="stride">How far the kernel moves, at least 1.</param>
    /// <param name="padding">Zeros on both sides.</param>
    /// <param name="dilation">How far the kernel's elements are apart, at least 1.</param>
    /// <param name="groups">The channels and outputs in so many parts, each convolved on its own.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Conv1d(Tensor weight, Tensor? bias = null, int stride = 1, int padding = 0, int dilation = 1, int groups = 1) =>
        Convolve(new Convolution(AtLeast(1, [stride]), AtLeast(0, [padding]), AtLeast(1, [dilation]), AtLeast(1, [groups])[0]), weight, bias);

    /// <summary>
    /// The convolution (cross-correlation) of x [batch, channels, height, width] → [batch, outputs, places, places], places = ⌊(length + 2 · padding − dilation · (kernel − 1) − 1) / stride⌋ + 1
    /// along each axis.
    /// </summary>
    /// <param name="weight">[outputs, channels / groups, kernel height, kernel width]</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="stride">How far the kernel moves, at least 1 (the default).</param>
    /// <param name="padding">Zeros on every side (default 0).</param>
    /// <param name="dilation">How far the kernel's elements are apart, at least 1 (the default).</param>
    /// <param name="groups">The channels and outputs in so many parts, each convolved on its own; as many as channels: depthwise.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Conv2d(Tensor weight, Tensor? bias = null, Size2? stride = null, Size2? padding = null, Size2? dilation = null, int groups = 1) =>
        Convolve(new Convolution(AtLeast(1, (stride ?? 1).ToArray()), AtLeast(0, (padding ?? 0).ToArray()), AtLeast(1, (dilation ?? 1).ToArray()), AtLeast(1, [groups])[0]), weight, bias);

    /// <summary>
    /// The transposed convolution of x [batch, channels, height, width] → [batch, outputs, lengths], length = stride · (length − 1) + dilation · (kernel − 1) + 1 − 2 · padding + output padding
    /// along each axis: the gradient of <see cref="Conv2d"/> by its input.
    /// </summary>
    /// <param name="weight">[channels, outputs / groups, kernel height, kernel width]</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="stride">How far apart two neighbours of x write, at least 1 (the default).</param>
    /// <param name="padding">How much is cut off on every side (default 0).</param>
    /// <param name="outputPadding">How much longer the result is at its end, less than the stride (default 0).</param>
    /// <param name="dilation">How far the kernel's elements are apart, at least 1 (the default).</param>
    /// <param name="groups">The channels and outputs in so many parts, each on its own.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor ConvTranspose2d(Tensor weight, Tensor? bias = null, Size2? stride = null, Size2? padding = null, Size2? outputPadding = null, Size2? dilation = null, int groups = 1) =>
        Convolve(new TransposedConvolution(AtLeast(1, (stride ?? 1).ToArray()), AtLeast(0, (padding ?? 0).ToArray()), AtLeast(0, (outputPadding ?? 0).ToArray()),
            AtLeast(1, (dilation ?? 1).ToArray()), AtLeast(1, [groups])[0]), weight, bias);

    private Tensor Convolve(Op op, Tensor weight, Tensor? bias)
    {
        ArgumentNullException.ThrowIfNull(weight);
        return bias is null ? op.Apply(this, weight) : op.Apply(this, weight, bias);
    }

    private static int[] AtLeast(int least, int[] values, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(values))] string what = "")
    {
        foreach (var value in values)
            if (value < least) throw new ArgumentException($"{what.Trim('[', ']', '(').Split(' ', '.')[0]}: {value}, at least {least} is needed.");
        return values;
    }
}
