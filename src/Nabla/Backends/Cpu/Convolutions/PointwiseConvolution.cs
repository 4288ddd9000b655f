using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// A convolution of 1 × 1 with stride 1: for each image a matrix product over the channels, y [outputs, places] = weight [outputs, channels] · x [channels, places], and two more on the
/// way back. Nothing is copied that the products do not pack. Tensors are contiguous. The same bits for any number of threads.
/// </summary>
internal static unsafe class PointwiseConvolution
{
    /// <summary>Whether this is such a convolution, and large enough to fill the products' tiles.</summary>
    public static bool Takes(in ConvolutionGeometry g) =>
        g is { Groups: 1, KernelY: 1, KernelX: 1, StrideY: 1, StrideX: 1, PaddingY: 0, PaddingX: 0, Channels: >= 8, Outputs: >= 8 } && g.Places is >= 32 and <= int.MaxValue;

    /// <summary>y = the convolution of x, and the bias.</summary>
    public static void Forward(in ConvolutionGeometry g, Tensor x, Tensor weight, Tensor? bias, Tensor y) => Apply(g, g.Channels, g.Outputs, (g.Channels, 1), weight, x, bias, y);

    /// <summary>dx from the gradient dy that arrives at y; or the transposed convolution, and its bias.</summary>
    public static void InputGradient(in ConvolutionGeometry g, Tensor weight, Tensor dy, Tensor? bias, Tensor dx) => Apply(g, g.Outputs, g.Channels, (1, g.Channels), weight, dy, bias, dx);

    /// <summary>dweight = Σ over images of dy · xᵀ, image after image.</summary>
    public static void WeightGradient(in ConvolutionGeometry g, Tensor x, Tensor dy, Tensor dw)
    {
        for (var image = 0; image < g.Batch; image++)
        {
            MatrixProduct.Multiply(new Product<float>
            {
                Rows = g.Outputs, Columns = g.Channels, Depth = (int)g.Places, Accumulate = image > 0,
                A = dy.Pointer<float>() + (image * g.Outputs * g.Places), ARow = g.Places, AColumn = 1,
                B = x.Pointer<float>() + (image * g.Channels * g.Places), BRow = 1, BColumn = g.Places,
                C = dw.Pointer<float>(), CRow = g.Channels,
            });
        }
        GC.KeepAlive(x);
        GC.KeepAlive(dy);
    }

    /// <summary>target [to, places] = weight [to, from] · source [from, places] for each image. The weight's strides are given.</summary>
    private static void Apply(in ConvolutionGeometry g, int from, int to, (nint Row, nint Column) strides, Tensor weight, Tensor source, Tensor? bias, Tensor target)
    {
        var starts = bias is null ? null : Starts(bias);
        long[] weights = new long[g.Batch], images = new long[g.Batch];
        for (var i = 0; i < g.Batch; i++) images[i] = i * (long)from * g.Places;
        var product = new Product<float>
        {
            Rows = to, Columns = (int)g.Places, Depth = from,
            A = weight.Pointer<float>(), ARow = strides.Row, AColumn = strides.Column,
            B = source.Pointer<float>(), BRow = g.Places, BColumn = 1,
            C = target.Pointer<float>(), CRow = g.Places,
            RowStarts = starts is null ? null : starts.Pointer<float>(),
        };
        MatrixProduct.Multiply(product, weights, images);
        GC.KeepAlive(starts);
        GC.KeepAlive(source);
        GC.KeepAlive(weight);
    }

    private static Tensor Starts(Tensor bias)
    {
        var starts = Tensor.Empty([bias.Shape[0], ProductTile.StartLength], DType.Float32);
        for (var i = 0; i < bias.Shape[0]; i++) new Span<float>(starts.Pointer<float>() + (i * ProductTile.StartLength), ProductTile.StartLength).Fill(bias.Pointer<float>()[i]);
        GC.KeepAlive(bias);
        return starts;
    }
}
