using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// The convolution without a matrix of columns. Tensors are contiguous. A kernel of 1 × 1 is a matrix product per example and group: weight [outputs, channels] · x [channels, places].
/// </summary>
internal static unsafe class DirectConvolution
{
    public static bool Takes(in ConvolutionGeometry g) => g.Taps == 1 && g is { StrideY: 1, StrideX: 1, PaddingY: 0, PaddingX: 0 };

    /// <summary>y = the convolution of x, the bias being where the sums begin.</summary>
    public static void Forward(in ConvolutionGeometry g, Tensor x, Tensor weight, Tensor? bias, Tensor y)
    {
        if (bias is not null) FillChannels(bias.Pointer<float>(), bias.Length, g.Places, y);
        var product = new Product<float>
        {
            Rows = g.Outputs, Columns = checked((int)g.Places), Depth = g.Channels,
            A = weight.Pointer<float>(), ARow = g.Channels, AColumn = 1,
            B = x.Pointer<float>(), BRow = g.Places, BColumn = 1,
            C = y.Pointer<float>(), CRow = g.Places, Accumulate = bias is not null,
        };
        Multiply(g, product, (nint)g.Outputs * g.Channels, g.Channels * g.Places);
    }

    /// <summary>dx from the gradient dy that arrives at y.</summary>
    public static void InputGradient(in ConvolutionGeometry g, Tensor weight, Tensor dy, Tensor dx)
    {
        var product = new Product<float>
        {
            Rows = g.Channels, Columns = checked((int)g.Places), Depth = g.Outputs,
            A = weight.Pointer<float>(), ARow = 1, AColumn = g.Channels,
            B = dy.Pointer<float>(), BRow = g.Places, BColumn = 1,
            C = dx.Pointer<float>(), CRow = g.Places,
        };
        Multiply(g, product, (nint)g.Outputs * g.Channels, g.Outputs * g.Places);
    }

    /// <summary>dweight, summed over the examples in their order.</summary>
    public static void WeightGradient(in ConvolutionGeometry g, Tensor x, Tensor dy, Tensor dw)
    {
        for (var i = 0; i < g.Batch * g.Groups; i++)
        {
            var (example, group) = (i / g.Groups, i % g.Groups);
            MatrixProduct.Multiply(new Product<float>
            {
                Rows = g.Outputs, Columns = g.Channels, Depth = checked((int)g.Places),
                A = dy.Pointer<float>() + (i * g.Outputs * g.Places), ARow = g.Places, AColumn = 1,
                B = x.Pointer<float>() + (i * g.Channels * g.Places), BRow = 1, BColumn = g.Places,
                C = dw.Pointer<float>() + ((nint)group * g.Outputs * g.Channels), CRow = g.Channels, Accumulate = example > 0,
            });
        }
        GC.KeepAlive(x);
        GC.KeepAlive(dy);
    }

    /// <summary>dbias: the sum of each channel of dy.</summary>
    public static void BiasGradient(Tensor dy, Tensor db) =>
        ReductionLoops.Run(new SumFold(1), dy, [0, .. Enumerable.Range(2, dy.Rank - 2)], db);

    private static void FillChannels(float* values, long channels, nint places, Tensor y)
    {
        var target = y.Pointer<float>();
        for (var i = 0L; i < y.Length / places; i++) new Span<float>(target + (nint)(i * places), (int)places).Fill(values[i % channels]);
    }

    private static void Multiply(in ConvolutionGeometry g, Product<float> product, nint weights, nint images)
    {
        var (a, b) = (new long[g.Batch * g.Groups], new long[g.Batch * g.Groups]);
        for (var i = 0; i < a.Length; i++) (a[i], b[i]) = (i % g.Groups * weights, i * images);
        MatrixProduct.Multiply<NoEpilogue>(product, a, b);
    }
}
