using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// Convolutions with a kernel of 3 × 3 and stride 1 by Winograd's minimal filtering F(4 × 4, 3 × 3) (Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks"): a quarter of the
/// multiplications. Tensors are contiguous. The same bits for any number of threads.
/// </summary>
internal static unsafe class Winograd
{
    /// <summary>Whether the three passes can compute this.</summary>
    public static bool Fits(in ConvolutionGeometry g) => g is
    {
        KernelY: 3, KernelX: 3, StrideY: 1, StrideX: 1, DilationY: 1, DilationX: 1, Groups: 1, PaddingY: <= 2, PaddingX: <= 2,
    };

    /// <summary>Whether <see cref="Forward"/> can, and faster than directly.</summary>
    public static bool Takes(in ConvolutionGeometry g) => Fits(g) && Pays(g.Channels, g.Outputs, new(g.Batch, g.Rows, g.Columns), transform: 20, Filled(g.Outputs));

    /// <summary>Whether <see cref="InputGradient"/> can, and faster than directly.</summary>
    public static bool TakesBack(in ConvolutionGeometry g) => Fits(g) && Pays(g.Outputs, g.Channels, new(g.Batch, g.Height, g.Width), transform: 20, Filled(g.Channels));

    /// <summary>Whether <see cref="WeightGradient"/> can, and faster than directly.</summary>
    public static bool TakesWeights(in ConvolutionGeometry g) => Fits(g) && Pays(g.Channels, g.Outputs, new(g.Batch, g.Rows, g.Columns), transform: 16, 1);

    /// <summary>
    /// Compares what was measured, in cycles of AVX-512 per register of outputs: of a tile 1.25 per channel in the products and <paramref name="transform"/> per register in its two transforms, of a
    /// filter 12; directly, of a place a third per channel, and only <paramref name="share"/> of that where places fill the lanes that few channels leave empty.
    /// </summary>
    private static bool Pays(int from, int to, WinogradGrid grid, int transform, double share)
    {
        if (!Register512.IsSupported && !Register256.IsSupported) return false;
        var tile = (1.25 * from) + (transform * (1 + (Registers(from) / Registers(to))));
        return ((double)grid.Lines * grid.Across * tile) + (12.0 * from) < (double)grid.Batch * grid.Rows * grid.Columns * from / 3 * share;
    }

    private static double Registers(int channels) => (channels + 15) / 16;

    private static double Filled(int channels) => channels / (16 * Registers(channels));

    /// <summary>y = the convolution of x, and the bias.</summary>
    public static void Forward(in ConvolutionGeometry g, Tensor x, Tensor weight, Tensor? bias, Tensor y)
    {
        var doubt = new WinogradDoubt();
        RegisterChoice.Run(new Convolve(Input(g, x), Result(g, y), new(weight, g.Outputs, g.Channels, Turned: false), bias is null ? null : bias.Pointer<float>(), doubt));
        if (doubt.Is)
        {
            var direct = Tensor.Empty(y.Shape, y.DType);
            DirectConvolution.Forward(g, x, weight, bias, direct);
            WinogradDoubt.Settle(y, direct);
        }
        GC.KeepAlive(x);
        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
    }

    /// <summary>dx from the gradient dy that arrives at y: the convolution of dy with the filters turned by 180°, outputs and channels exchanged; and the bias of a transposed convolution.</summary>
    public static void InputGradient(in ConvolutionGeometry g, Tensor weight, Tensor dy, Tensor? bias, Tensor dx)
    {
        var from = Result(g, dy) with { OffsetY = 2 - g.PaddingY, OffsetX = 2 - g.PaddingX };
        var doubt = new WinogradDoubt();
        RegisterChoice.Run(new Convolve(from, Input(g, dx), new(weight, g.Channels, g.Outputs, Turned: true), bias is null ? null : bias.Pointer<float>(), doubt));
        if (doubt.Is)
        {
            var direct = Tensor.Empty(dx.Shape, dx.DType);
            DirectConvolution.InputGradient(g, weight, dy, bias, direct);
            WinogradDoubt.Settle(dx, direct);
        }
        GC.KeepAlive(weight);
        GC.KeepAlive(dy);
        GC.KeepAlive(bias);
    }

    /// <summary>dweight from x and the gradient dy that arrives at y.</summary>
    public static void WeightGradient(in ConvolutionGeometry g, Tensor x, Tensor dy, Tensor dw)
    {
        var doubt = new WinogradDoubt();
        RegisterChoice.Run(new Correlate(Input(g, x), Result(g, dy), dw, doubt));
        if (doubt.Is)
        {
            var direct = Tensor.Empty(dw.Shape, dw.DType);
            DirectConvolution.WeightGradient(g, x, dy, direct);
            WinogradDoubt.Settle(dw, direct);
        }
        GC.KeepAlive(x);
        GC.KeepAlive(dy);
    }

    private static WinogradImages Input(in ConvolutionGeometry g, Tensor x) => new((nint)x.Pointer<float>(), g.Batch, g.Channels, g.Height, g.Width, g.PaddingY, g.PaddingX);

    private static WinogradImages Result(in ConvolutionGeometry g, Tensor y) => new((nint)y.Pointer<float>(), g.Batch, g.Outputs, g.Rows, g.Columns);

    private readonly struct Convolve(WinogradImages from, WinogradImages to, WinogradFilters filters, float* bias, WinogradDoubt doubt) : IRegisterCode
    {
        public void Run<R, V>() where R : struct, IProductRegister<V> where V : struct => new WinogradForward<R, V>(from, to, filters, bias, doubt).Run();
    }

    private readonly struct Correlate(WinogradImages x, WinogradImages dy, Tensor dw, WinogradDoubt doubt) : IRegisterCode
    {
        public void Run<R, V>() where R : struct, IProductRegister<V> where V : struct => new WinogradWeightGradient<R, V>(x, dy, doubt).Run(dw);
    }
}
