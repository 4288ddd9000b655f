using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// The convolution of any geometry without a matrix of columns, on kernels whose lanes hold either channels or neighbouring places, whichever leaves fewer of them empty. Tensors are contiguous.
/// The same bits for any number of threads.
/// </summary>
internal static class DirectConvolution
{
    /// <summary>y = the convolution of x, the bias being where the sums begin.</summary>
    public static void Forward(in ConvolutionGeometry g, Tensor x, Tensor weight, Tensor? bias, Tensor y) => RegisterChoice.Run(new Convolve(g, false, x, weight, bias, y));

    /// <summary>dx from the gradient dy that arrives at y; and the bias, where the two have changed their parts.</summary>
    public static void InputGradient(in ConvolutionGeometry g, Tensor weight, Tensor dy, Tensor? bias, Tensor dx) => RegisterChoice.Run(new Convolve(g, true, dy, weight, bias, dx));

    /// <summary>dweight from the gradient dy that arrives at y.</summary>
    public static void WeightGradient(in ConvolutionGeometry g, Tensor x, Tensor dy, Tensor dw) => RegisterChoice.Run(new Correlate(g, x, dy, dw));

    /// <summary>dbias: the sum of each channel of dy.</summary>
    public static void BiasGradient(Tensor dy, Tensor db) => ReductionLoops.Run(new SumFold(1), dy, [0, .. Enumerable.Range(2, dy.Rank - 2)], db);

    /// <summary>Whether more of the lanes are of use with places in them; a single register of channels also waits for its many broadcasts.</summary>
    private static bool TakesPlaces<R, V>(ImagePair pair) where R : struct, IProductRegister<V> where V : struct
    {
        var padded = FilterPanels.Padded(pair.Channels, R.Count);
        return PlacedConvolution.Cost<R, V>(pair) < padded / (double)pair.Channels * (padded == R.Count ? 1.4 : 1);
    }

    private readonly struct Convolve(ConvolutionGeometry g, bool back, Tensor source, Tensor weight, Tensor? bias, Tensor target) : IRegisterCode
    {
        public void Run<R, V>() where R : struct, IProductRegister<V> where V : struct
        {
            if (TakesPlaces<R, V>(back ? ImagePair.Back(g) : ImagePair.Forward(g))) new PlacedConvolution(g, back, source, weight, bias, target).Run<R, V>();
            else new GatheredConvolution(g, back, source, weight, bias, target).Run<R, V>();
        }
    }

    private readonly struct Correlate(ConvolutionGeometry g, Tensor x, Tensor dy, Tensor dw) : IRegisterCode
    {
        public void Run<R, V>() where R : struct, IProductRegister<V> where V : struct
        {
            if (TakesPlaces<R, V>(ImagePair.Forward(g))) new PlacedWeightGradient(g, x, dy, dw).Run<R, V>();
            else new GatheredWeightGradient(g, x, dy, dw).Run<R, V>();
        }
    }
}
