namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// The measures of a convolution over images: x [Batch, Groups · Channels, Height, Width], weight [Groups · Outputs, Channels, KernelY, KernelX],
/// y [Batch, Groups · Outputs, Rows, Columns]. Channels and outputs are those of one group. A convolution over one axis has a height of 1.
/// Tensors can pass 2³¹ elements, so offsets into them are <see cref="nint"/>.
/// </summary>
internal readonly record struct ConvolutionGeometry
{
    public required int Batch { get; init; }
    public required int Groups { get; init; }
    public required int Channels { get; init; }
    public required int Outputs { get; init; }
    public required int Height { get; init; }
    public required int Width { get; init; }
    public required int KernelY { get; init; }
    public required int KernelX { get; init; }
    public required int StrideY { get; init; }
    public required int StrideX { get; init; }
    public required int PaddingY { get; init; }
    public required int PaddingX { get; init; }
    public required int DilationY { get; init; }
    public required int DilationX { get; init; }
    public required int Rows { get; init; }
    public required int Columns { get; init; }

    /// <summary>Elements of one image of x.</summary>
    public nint Image => (nint)Height * Width;

    /// <summary>Elements of one image of y.</summary>
    public nint Places => (nint)Rows * Columns;

    /// <summary>Elements of one filter's window on one channel.</summary>
    public int Taps => KernelY * KernelX;

    /// <summary>Multiply-adds of one pass, forward or back to x or to the weight.</summary>
    public double Work => (double)Batch * Groups * Outputs * Places * Channels * Taps;

    /// <summary>Of a convolution over one axis or two, whose shapes fit.</summary>
    public static ConvolutionGeometry Of(Shape x, Shape weight, Shape y, int groups, int[] stride, int[] padding, int[] dilation)
    {
        var flat = stride.Length == 1;
        return new()
        {
            Batch = x[0], Groups = groups, Channels = weight[1], Outputs = weight[0] / groups,
            Height = flat ? 1 : x[^2], Width = x[^1], KernelY = flat ? 1 : weight[^2], KernelX = weight[^1],
            StrideY = flat ? 1 : stride[0], StrideX = stride[^1], PaddingY = flat ? 0 : padding[0], PaddingX = padding[^1],
            DilationY = flat ? 1 : dilation[0], DilationX = dilation[^1], Rows = flat ? 1 : y[^2], Columns = y[^1],
        };
    }
}
