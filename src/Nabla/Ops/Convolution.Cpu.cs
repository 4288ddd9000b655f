using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Convolutions;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

/// <summary>The first algorithm that takes the geometry computes each pass.</summary>
internal sealed partial record Convolution : ICpuKernel, ICpuGradientKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) =>
        inputs[0].DType == DType.Float32 && Stride.Length <= 2 && inputs[0].Length > 0 && inputs[1].Length > 0;

    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => Accepts(inputs);

    private ConvolutionGeometry Geometry(ReadOnlySpan<Tensor> inputs) =>
        ConvolutionGeometry.Of(inputs[0].Shape, inputs[1].Shape, Infer(inputs), Groups, Stride, Padding, Dilation);

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var geometry = Geometry(inputs);
        var (x, weight, bias) = (RowLoops.Dense(inputs[0]), RowLoops.Dense(inputs[1]), inputs.Length > 2 ? RowLoops.Dense(inputs[2]) : null);
        if (Winograd.Takes(geometry)) Winograd.Forward(geometry, x, weight, bias, output);
        else DirectConvolution.Forward(geometry, x, weight, bias, output);
    }

    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients)
    {
        var geometry = Geometry(inputs);
        var upstream = RowLoops.Dense(dy);
        var (x, weight) = (RowLoops.Dense(inputs[0]), RowLoops.Dense(inputs[1]));
        if (gradients[0] is { } dx)
        {
            if (Winograd.TakesBack(geometry)) Winograd.InputGradient(geometry, weight, upstream, dx);
            else DirectConvolution.InputGradient(geometry, weight, upstream, dx);
        }
        if (gradients[1] is { } dw)
        {
            if (Winograd.Takes(geometry)) Winograd.WeightGradient(geometry, x, upstream, dw);
            else DirectConvolution.WeightGradient(geometry, x, upstream, dw);
        }
        if (gradients.Length > 2 && gradients[2] is { } db) DirectConvolution.BiasGradient(upstream, db);
    }
}
