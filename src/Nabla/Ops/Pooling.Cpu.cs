using Nabla.Backends.Cpu;

namespace Nabla.Ops;

internal sealed partial record MaxPool : ICpuGradientKernel
{
    public unsafe void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients)
    {
        var (x, upstream, dx) = (inputs[0].Contiguous(), dy.Contiguous(), gradients[0]!);
        var size = new PoolSize(x.Shape[^2], x.Shape[^1], Sliding.Kernel[0], Sliding.Kernel[1], Sliding.Stride[0], Sliding.Stride[1], Padding[0], Padding[1], dy.Shape[^2], dy.Shape[^1]);
        WindowLoops.MaxPoolGradient(size, x.Pointer<float>(), upstream.Pointer<float>(), dx.Pointer<float>(), x.Shape[..^2].Length);
        GC.KeepAlive(x);
        GC.KeepAlive(upstream);
    }
}
