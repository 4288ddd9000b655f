using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Convolutions;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

internal sealed partial record Convolution : ICpuKernel, ICpuGradientKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType == DType.Float32 && Stride.Length <= 2 && inputs[0].Length > 0 && inputs[1].Length > 0;

    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => Accepts(inputs);

    private ConvolutionGeometry Geometry(Shape x, Shape weight, Shape y) => ConvolutionGeometry.Of(x, weight, y, Groups, Stride, Padding, Dilation);

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => ConvolutionPasses.Forward(Geometry(inputs[0].Shape, inputs[1].Shape, output.Shape),
        RowLoops.Dense(inputs[0]), RowLoops.Dense(inputs[1]), inputs.Length > 2 ? RowLoops.Dense(inputs[2]) : null, output);

    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients)
    {
        var geometry = Geometry(inputs[0].Shape, inputs[1].Shape, output.Shape);
        dy = RowLoops.Dense(dy);
        if (gradients[0] is { } dx) ConvolutionPasses.InputGradient(geometry, RowLoops.Dense(inputs[1]), dy, null, dx);
        if (gradients[1] is { } dw) ConvolutionPasses.WeightGradient(geometry, RowLoops.Dense(inputs[0]), dy, dw);
        if (gradients.Length > 2 && gradients[2] is { } db) DirectConvolution.BiasGradient(dy, db);
        GC.KeepAlive(dy);
    }
}
