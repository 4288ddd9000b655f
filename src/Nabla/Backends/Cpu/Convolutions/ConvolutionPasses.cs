namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>The passes of a convolution, each by the first algorithm that takes the geometry. Tensors are float32 and contiguous.</summary>
internal static class ConvolutionPasses
{
    /// <summary>y = the convolution of x, and the bias.</summary>
    public static void Forward(in ConvolutionGeometry g, Tensor x, Tensor weight, Tensor? bias, Tensor y)
    {
        if (PointwiseConvolution.Takes(g)) PointwiseConvolution.Forward(g, x, weight, bias, y);
        else if (Winograd.Takes(g)) Winograd.Forward(g, x, weight, bias, y);
        else DirectConvolution.Forward(g, x, weight, bias, y);
    }

    /// <summary>dx from the gradient dy that arrives at y; or, the transposed convolution, the large image from the small one, and a bias on it.</summary>
    public static void InputGradient(in ConvolutionGeometry g, Tensor weight, Tensor dy, Tensor? bias, Tensor dx)
    {
        if (PointwiseConvolution.Takes(g)) PointwiseConvolution.InputGradient(g, weight, dy, bias, dx);
        else if (Winograd.TakesBack(g)) Winograd.InputGradient(g, weight, dy, bias, dx);
        else DirectConvolution.InputGradient(g, weight, dy, bias, dx);
    }

    /// <summary>dweight from x and the gradient dy that arrives at y.</summary>
    public static void WeightGradient(in ConvolutionGeometry g, Tensor x, Tensor dy, Tensor dw)
    {
        if (PointwiseConvolution.Takes(g)) PointwiseConvolution.WeightGradient(g, x, dy, dw);
        else if (Winograd.TakesWeights(g)) Winograd.WeightGradient(g, x, dy, dw);
        else DirectConvolution.WeightGradient(g, x, dy, dw);
    }
}
