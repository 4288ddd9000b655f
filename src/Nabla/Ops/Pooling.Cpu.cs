using Nabla.Backends.Cpu;

namespace Nabla.Ops;

internal sealed partial record MaxPool : ICpuKernel, ICpuGradientKernel
{
    public unsafe void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var x = inputs[0].Contiguous();
        PoolLoops.Max(Size(x.Shape, output.Shape), x.Pointer<float>(), output.Pointer<float>(), x.Shape[..^2].Length);
        GC.KeepAlive(x);
    }

    public unsafe void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients)
    {
        var (x, upstream, dx) = (inputs[0].Contiguous(), dy.Contiguous(), gradients[0]!);
        PoolLoops.MaxGradient(
            Size(x.Shape, output.Shape), x.Pointer<float>(), output.Pointer<float>(), upstream.Pointer<float>(), dx.Pointer<float>(), x.Shape[..^2].Length);
        GC.KeepAlive(x);
        GC.KeepAlive(upstream);
    }

    private PoolSize Size(Shape x, Shape y) =>
        new(x[^2], x[^1], Sliding.Kernel[0], Sliding.Kernel[1], Sliding.Stride[0], Sliding.Stride[1], Padding[0], Padding[1], y[^2], y[^1]);
}
