using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Convolutions;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

/// <summary>The passes of the convolution that leads back, in each other's place.</summary>
internal sealed partial record TransposedConvolution : ICpuKernel, ICpuGradientKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType == DType.Float32 && Stride.Length <= 2 && inputs[0].Length > 0 && inputs[1].Length > 0;

    public bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => Accepts(inputs);

    private ConvolutionGeometry Geometry(Shape small, Shape weight, Shape large) => ConvolutionGeometry.Of(large, weight, small, Groups, Stride, Padding, Dilation);

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => ConvolutionPasses.InputGradient(Geometry(inputs[0].Shape, inputs[1].Shape, output.Shape),
        RowLoops.Dense(inputs[1]), RowLoops.Dense(inputs[0]), inputs.Length > 2 ? RowLoops.Dense(inputs[2]) : null, output);

    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients)
    {
        var geometry = Geometry(inputs[0].Shape, inputs[1].Shape, output.Shape);
        dy = RowLoops.Dense(dy);
        if (gradients[0] is { } dx) ConvolutionPasses.Forward(geometry, dy, RowLoops.Dense(inputs[1]), null, dx);
        if (gradients[1] is { } dw) ConvolutionPasses.WeightGradient(geometry, dy, RowLoops.Dense(inputs[0]), dw);
        if (gradients.Length > 2 && gradients[2] is { } db) DirectConvolution.BiasGradient(dy, db);
        GC.KeepAlive(dy);
    }
}
