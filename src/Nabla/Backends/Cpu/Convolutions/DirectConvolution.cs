namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>The convolution of any geometry without a matrix of columns. Tensors are contiguous.</summary>
internal static class DirectConvolution
{
    /// <summary>y = the convolution of x, the bias being where the sums begin.</summary>
    public static void Forward(in ConvolutionGeometry g, Tensor x, Tensor weight, Tensor? bias, Tensor y) =>
        RegisterChoice.Run(new GatheredConvolution(g, back: false, x, weight, bias, y));

    /// <summary>dx from the gradient dy that arrives at y.</summary>
    public static void InputGradient(in ConvolutionGeometry g, Tensor weight, Tensor dy, Tensor dx) =>
        RegisterChoice.Run(new GatheredConvolution(g, back: true, dy, weight, null, dx));

    /// <summary>dweight from the gradient dy that arrives at y.</summary>
    public static void WeightGradient(in ConvolutionGeometry g, Tensor x, Tensor dy, Tensor dw) => RegisterChoice.Run(new GatheredWeightGradient(g, x, dy, dw));

    /// <summary>dbias: the sum of each channel of dy.</summary>
    public static void BiasGradient(Tensor dy, Tensor db) =>
        ReductionLoops.Run(new SumFold(1), dy, [0, .. Enumerable.Range(2, dy.Rank - 2)], db);
}
