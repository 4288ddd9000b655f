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

    /// <summary>Whether they can, and <see cref="Forward"/> and <see cref="WeightGradient"/> faster than directly.</summary>
    public static bool Takes(in ConvolutionGeometry g) => Fits(g) && Pays(g.Channels, g.Outputs, g.Batch, g.Rows, g.Columns);

    /// <summary>Whether they can, and <see cref="InputGradient"/> faster than directly.</summary>
    public static bool TakesBack(in ConvolutionGeometry g) => Fits(g) && Pays(g.Outputs, g.Channels, g.Batch, g.Height, g.Width);

    /// <summary>
    /// Compares with what a direct convolution takes, in cycles of AVX-512 per output channel as measured: of a tile 1.25 per channel in the products and 16 per register in its two transforms, of a
    /// filter 12, directly of each place a third per channel.
    /// </summary>
    private static bool Pays(int from, int to, int batch, int rows, int columns)
    {
        if (!Register512.IsSupported && !Register256.IsSupported) return false;
        var grid = new WinogradGrid(batch, rows, columns);
        double Registers(int channels) => (channels + 15) / 16;
        var tile = (1.25 * from) + (16 * (1 + (Registers(from) / Registers(to))));
        return ((double)grid.Lines * grid.Across * tile) + (12.0 * from) < (double)batch * rows * columns * from / 3;
    }

    /// <summary>y = the convolution of x, and the bias.</summary>
    public static void Forward(in ConvolutionGeometry g, Tensor x, Tensor weight, Tensor? bias, Tensor y)
    {
        RegisterChoice.Run(new Convolve(Input(g, x), Result(g, y), new(weight, g.Outputs, g.Channels, Turned: false), bias is null ? null : bias.Pointer<float>()));
        GC.KeepAlive(x);
        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
    }

    /// <summary>dx from the gradient dy that arrives at y: the convolution of dy with the filters turned by 180°, outputs and channels exchanged.</summary>
    public static void InputGradient(in ConvolutionGeometry g, Tensor weight, Tensor dy, Tensor dx)
    {
        var from = Result(g, dy) with { OffsetY = 2 - g.PaddingY, OffsetX = 2 - g.PaddingX };
        RegisterChoice.Run(new Convolve(from, Input(g, dx), new(weight, g.Channels, g.Outputs, Turned: true), null));
        GC.KeepAlive(weight);
        GC.KeepAlive(dy);
    }

    /// <summary>dweight from x and the gradient dy that arrives at y.</summary>
    public static void WeightGradient(in ConvolutionGeometry g, Tensor x, Tensor dy, Tensor dw)
    {
        RegisterChoice.Run(new Correlate(Input(g, x), Result(g, dy), dw));
        GC.KeepAlive(x);
        GC.KeepAlive(dy);
    }

    private static WinogradImages Input(in ConvolutionGeometry g, Tensor x) => new((nint)x.Pointer<float>(), g.Batch, g.Channels, g.Height, g.Width, g.PaddingY, g.PaddingX);

    private static WinogradImages Result(in ConvolutionGeometry g, Tensor y) => new((nint)y.Pointer<float>(), g.Batch, g.Outputs, g.Rows, g.Columns);

    private readonly struct Convolve(WinogradImages from, WinogradImages to, WinogradFilters filters, float* bias) : IRegisterCode
    {
        public void Run<R, V>() where R : struct, IProductRegister<V> where V : struct => new WinogradForward<R, V>(from, to, filters, bias).Run();
    }

    private readonly struct Correlate(WinogradImages x, WinogradImages dy, Tensor dw) : IRegisterCode
    {
        public void Run<R, V>() where R : struct, IProductRegister<V> where V : struct => new WinogradWeightGradient<R, V>(x, dy).Run(dw);
    }
}
