using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// Convolutions with a kernel of 3 × 3 and stride 1 by Winograd's minimal filtering F(4 × 4, 3 × 3) (Lavin and Gray 2016, "Fast Algorithms for Convolutional Neural Networks"): a quarter of the
/// multiplications. Tensors are contiguous. The same bits for any number of threads.
/// </summary>
internal static unsafe class Winograd
{
    /// <summary>Fewer channels or outputs than this, and the transforms cost more than the products save.</summary>
    private const int FewestChannels = 16;

    /// <summary>Fewer tiles than this, and transforming the filters costs more.</summary>
    private const int FewestTiles = 8;

    /// <summary>Whether the three passes can compute this.</summary>
    public static bool Fits(in ConvolutionGeometry g) => g is
    {
        KernelY: 3, KernelX: 3, StrideY: 1, StrideX: 1, DilationY: 1, DilationX: 1, Groups: 1, PaddingY: <= 2, PaddingX: <= 2,
    };

    /// <summary>Whether they can, and faster than a direct convolution.</summary>
    public static bool Takes(in ConvolutionGeometry g)
    {
        if (!Fits(g) || !(Register512.IsSupported || Register256.IsSupported)) return false;
        var grid = new WinogradGrid(g.Batch, g.Rows, g.Columns);
        var tiles = (double)grid.Lines * grid.Across;
        return Math.Min(g.Channels, g.Outputs) >= FewestChannels && tiles >= FewestTiles && 2.0 * g.Batch * g.Places >= 16 * tiles;
    }

    /// <summary>y = the convolution of x, and the bias.</summary>
    public static void Forward(in ConvolutionGeometry g, Tensor x, Tensor weight, Tensor? bias, Tensor y)
    {
        Run(new Convolve(Input(g, x), Result(g, y), new(weight, g.Outputs, g.Channels, Turned: false), bias is null ? null : bias.Pointer<float>()));
        GC.KeepAlive(x);
        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
    }

    /// <summary>dx from the gradient dy that arrives at y: the convolution of dy with the filters turned by 180°, outputs and channels exchanged.</summary>
    public static void InputGradient(in ConvolutionGeometry g, Tensor weight, Tensor dy, Tensor dx)
    {
        var from = Result(g, dy) with { OffsetY = 2 - g.PaddingY, OffsetX = 2 - g.PaddingX };
        Run(new Convolve(from, Input(g, dx), new(weight, g.Channels, g.Outputs, Turned: true), null));
        GC.KeepAlive(weight);
        GC.KeepAlive(dy);
    }

    /// <summary>dweight from x and the gradient dy that arrives at y.</summary>
    public static void WeightGradient(in ConvolutionGeometry g, Tensor x, Tensor dy, Tensor dw)
    {
        Run(new Correlate(Input(g, x), Result(g, dy), dw));
        GC.KeepAlive(x);
        GC.KeepAlive(dy);
    }

    private static WinogradImages Input(in ConvolutionGeometry g, Tensor x) => new((nint)x.Pointer<float>(), g.Batch, g.Channels, g.Height, g.Width, g.PaddingY, g.PaddingX);

    private static WinogradImages Result(in ConvolutionGeometry g, Tensor y) => new((nint)y.Pointer<float>(), g.Batch, g.Outputs, g.Rows, g.Columns);

    private interface IPass
    {
        void Run<R, V>() where R : struct, IProductRegister<V> where V : struct;
    }

    private static void Run<TPass>(TPass pass) where TPass : struct, IPass
    {
        if (Register512.IsSupported) pass.Run<Register512, Vector512<float>>();
        else if (Register256.IsSupported) pass.Run<Register256, Vector256<float>>();
        else if (Register128.IsSupported) pass.Run<Register128, Vector128<float>>();
        else pass.Run<Register1, float>();
    }

    private readonly struct Convolve(WinogradImages from, WinogradImages to, WinogradFilters filters, float* bias) : IPass
    {
        public void Run<R, V>() where R : struct, IProductRegister<V> where V : struct => new WinogradForward<R, V>(from, to, filters, bias).Run();
    }

    private readonly struct Correlate(WinogradImages x, WinogradImages dy, Tensor dw) : IPass
    {
        public void Run<R, V>() where R : struct, IProductRegister<V> where V : struct => new WinogradWeightGradient<R, V>(x, dy).Run(dw);
    }
}
