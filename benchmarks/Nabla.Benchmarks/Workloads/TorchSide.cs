using static TorchSharp.torch;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Nabla.Benchmarks.Workloads;

/// <summary>TorchSharp at its best practice: no tape where no gradient is asked for, every tensor disposed at the end of its run.</summary>
internal static class TorchSide
{
    public static TorchTensor From(float[] values, params long[] shape) => tensor(values, shape);

    public static TorchTensor Wanted(float[] values, params long[] shape) => tensor(values, shape, requires_grad: true);

    public static float[] Values(TorchTensor value) => value.contiguous().data<float>().ToArray();

    /// <summary>Forward only.</summary>
    public static Side Forward(Func<TorchTensor> work) => new(
        () =>
        {
            using var mode = inference_mode();
            using var scope = NewDisposeScope();
            work();
        },
        () =>
        {
            using var mode = inference_mode();
            using var scope = NewDisposeScope();
            return [Values(work())];
        });

    /// <summary>Forward, and backward from <paramref name="dy"/> (null: from a scalar loss) to what is wanted.</summary>
    public static Side Gradient(Func<TorchTensor> forward, TorchTensor? dy, params TorchTensor[] wanted)
    {
        TorchTensor[]? start = dy is null ? null : [dy];
        return new(
            () =>
            {
                using var scope = NewDisposeScope();
                autograd.grad([forward()], wanted, start);
            },
            () =>
            {
                using var scope = NewDisposeScope();
                var y = forward();
                return [Values(y), .. autograd.grad([y], wanted, start).Select(Values)];
            });
    }
}
