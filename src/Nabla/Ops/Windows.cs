using Nabla.Backends.Cpu;

namespace Nabla.Ops;

/// <summary>How a window of several elements slides over the last axes; one number per axis.</summary>
/// <param name="Kernel">How many elements it takes.</param>
/// <param name="Stride">How far it moves.</param>
/// <param name="Dilation">How far its elements are apart.</param>
internal sealed record Sliding(int[] Kernel, int[] Stride, int[] Dilation)
{
    public int Axes => Kernel.Length;

    /// <summary>How many places the window has on an axis of this length; at most 0 if it does not fit.</summary>
    public int Places(int axis, int length) => length < Reach(axis) ? 0 : ((length - Reach(axis)) / Stride[axis]) + 1;

    /// <summary>From a window's first element to behind its last.</summary>
    public int Reach(int axis) => checked((Dilation[axis] * (Kernel[axis] - 1)) + 1);
}

/// <summary>
/// All places of a sliding window: [.., lengths] → [.., kernel, places], one axis of each for every axis the window slides over. Overlapping windows share memory: a view.
/// </summary>
internal sealed record Windows(Sliding Sliding) : ViewOp
{
    private protected override Tensor View(Tensor x)
    {
        var outer = x.Rank - Sliding.Axes;
        var (dims, strides) = (new int[x.Rank + Sliding.Axes], new long[x.Rank + Sliding.Axes]);
        for (var i = 0; i < outer; i++) (dims[i], strides[i]) = (x.Shape[i], x.Stride(i));
        for (var i = 0; i < Sliding.Axes; i++)
        {
            var step = x.Stride(outer + i);
            (dims[outer + i], strides[outer + i]) = (Sliding.Kernel[i], step * Sliding.Dilation[i]);
            (dims[x.Rank + i], strides[x.Rank + i]) = (Sliding.Places(i, x.Shape[outer + i]), step * Sliding.Stride[i]);
        }
        return x.View(Shape.Create(dims), strides, x.Offset);
    }

    public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => new Fold(x.Shape, Sliding).Apply(dy);
}

/// <summary>Every window's elements added back where they came from: [.., kernel, places] → a shape [.., lengths]. The gradient of <see cref="Windows"/>.</summary>
internal sealed record Fold(Shape To, Sliding Sliding) : UnaryOp, ICpuKernel
{
    public override Shape Infer(Shape x) => To;

    public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => new Windows(Sliding).Apply(dy);

    public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        using var paused = Recorder.Pause();
        CopyLoops.Clear(output);
        WindowLoops.Add(Name, inputs[0], new Windows(Sliding).Apply(output), planeAxes: To.Rank - Sliding.Axes);
    }
}
