using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

/// <summary>
/// The price of calling anything: the sum of two vectors of 16. Safe memory is part of it: a peer tensor is disposed of, ours are left to the
/// garbage collector, whose collections fall into the time.
/// </summary>
internal static class EagerAdd
{
    const int Length = 16, Additions = 1000;

    public static Workload Row { get; } = new("eager-add", $"a + b of {Length} elements", new(8), Ours, Theirs)
    {
        Units = Additions,
        Tolerance = 0,
    };

    static Side Ours()
    {
        var (a, b) = (Tensor.From(Values.Uniform(1, Length), [Length]), Tensor.From(Values.Uniform(2, Length), [Length]));
        return new(
            () =>
            {
                for (var i = 0; i < Additions; i++)
                    _ = a + b;
            },
            () => [(a + b).ToArray<float>()]);
    }

    static Side Theirs()
    {
        var (a, b) = (TorchSide.From(Values.Uniform(1, Length), Length), TorchSide.From(Values.Uniform(2, Length), Length));
        return new(
            () =>
            {
                using var mode = inference_mode();
                for (var i = 0; i < Additions; i++)
                    a.add(b).Dispose();
            },
            () =>
            {
                using var sum = a.add(b);
                return [TorchSide.Values(sum)];
            });
    }
}
