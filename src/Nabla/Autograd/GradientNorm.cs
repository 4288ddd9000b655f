using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu;

namespace Nabla;

/// <summary>The length of all gradients taken together, and their scaling: each one pass over all of them.</summary>
internal static unsafe class GradientNorm
{
    /// <summary>Σ g² over all elements; the same bits for any number of threads.</summary>
    public static double Squared(Tensor[] gradients)
    {
        var sum = 0.0;
        foreach (var other in gradients.Where(gradient => gradient.DType != DType.Float32)) sum += other.Square().Sum().Item();
        var floats = gradients.Where(gradient => gradient.DType == DType.Float32).Select(gradient => gradient.Contiguous()).ToArray();
        return sum + (Simd.Has512 ? Squared<Float512>(floats) : Simd.Has256 ? Squared<Float256>(floats) : Squared<Float128>(floats));
    }

    /// <summary>Each gradient times a number, in memory of its own.</summary>
    public static Dictionary<Tensor, Tensor> Scaled(Dictionary<Tensor, Tensor> gradients, double factor)
    {
        var scaled = new Dictionary<Tensor, Tensor>(gradients.Count, gradients.Comparer);
        foreach (var (source, gradient) in gradients.Where(pair => pair.Value.DType != DType.Float32)) scaled[source] = gradient * factor;
        var floats = gradients.Where(pair => pair.Value.DType == DType.Float32).ToArray();
        Tensor[] from = [.. floats.Select(pair => pair.Value.Contiguous())], to = [.. floats.Select(pair => Tensor.Empty(pair.Value.Shape, DType.Float32))];
        if (Simd.Has512) Scale<Float512>(from, to, factor);
        else if (Simd.Has256) Scale<Float256>(from, to, factor);
        else Scale<Float128>(from, to, factor);
        for (var i = 0; i < floats.Length; i++) scaled[floats[i].Key] = to[i];
        return scaled;
    }

    private static double Squared<V>(Tensor[] gradients) where V : struct, ICpuLane<V, float>
    {
        long[] lengths = [.. gradients.Select(gradient => gradient.Length)];
        var work = new Squares<V>(gradients, new double[ManyTensors.Chunks(lengths)]);
        ManyTensors.Run(lengths, ref work);
        return work.Sums.Sum();
    }

    private static void Scale<V>(Tensor[] from, Tensor[] to, double factor) where V : struct, ICpuLane<V, float>
    {
        var work = new Multiples<V>(from, to, factor);
        ManyTensors.Run([.. from.Select(gradient => gradient.Length)], ref work);
    }

    private readonly struct Squares<V>(Tensor[] gradients, double[] sums) : IStretch where V : struct, ICpuLane<V, float>
    {
        public double[] Sums => sums;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk, int tensor, long from, long to)
        {
            var g = gradients[tensor].Pointer<float>();
            V a = V.Zero, b = V.Zero;
            var i = from;
            for (; i <= to - (2 * V.Count); i += 2 * V.Count)
            {
                V x = V.Load(g + i), y = V.Load(g + i + V.Count);
                a = V.MultiplyAdd(x, x, a);
                b = V.MultiplyAdd(y, y, b);
            }
            for (; i < to; i += V.Count)
            {
                var x = to - i >= V.Count ? V.Load(g + i) : V.LoadPart(g + i, (int)(to - i));
                a = V.MultiplyAdd(x, x, a);
            }
            sums[chunk] += V.Sum(a + b);
        }
    }

    private readonly struct Multiples<V>(Tensor[] sources, Tensor[] targets, double factor) : IStretch where V : struct, ICpuLane<V, float>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int chunk, int tensor, long from, long to)
        {
            float* source = sources[tensor].Pointer<float>(), target = targets[tensor].Pointer<float>();
            var scale = V.Constant(factor);
            for (var i = from; i < to; i += V.Count)
            {
                if (to - i >= V.Count) V.Store(target + i, scale * V.Load(source + i));
                else V.StorePart(target + i, scale * V.LoadPart(source + i, (int)(to - i)), (int)(to - i));
            }
        }
    }
}
