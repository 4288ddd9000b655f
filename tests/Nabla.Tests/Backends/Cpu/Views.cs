using CsCheck;

namespace Nabla.Tests.Backends.Cpu;

/// <summary>Tensors of every layout, and an index-by-index reading of them that shares no code with the loops under test.</summary>
internal static unsafe class Views
{
    /// <summary>Shapes up to four axes; one axis in each is now and then long enough for several registers and a tail.</summary>
    public static readonly Gen<int[]> Shapes = Gen.Int[1, 6].Array[0, 4].Select(Gen.Int[0, 3], Gen.Int[1, 150]).Select((dims, axis, longer) =>
        dims.Select((d, i) => i == axis ? longer : d).ToArray());

    public static Gen<DType> Types(params DType[] types) => Gen.Int[0, types.Length - 1].Select(i => types[i]);

    /// <summary>A shape that broadcasts to the given one: leading axes dropped, others set to 1.</summary>
    public static Gen<int[]> Narrower(int[] shape) => Gen.Int[0, 3].Select(Gen.Int[0, 9].Array[shape.Length], Gen.Bool).Select((drop, ones, same) =>
        same ? shape : shape.Select((d, i) => ones[i] < 3 ? 1 : d).Skip(Math.Min(drop, shape.Length)).ToArray());

    /// <summary>A tensor of this shape whose memory is permuted, has gaps, runs backwards or is contiguous.</summary>
    public static Gen<Tensor> Of(int[] shape, DType dtype = DType.Float32) =>
        Gen.Shuffle(Enumerable.Range(0, shape.Length).ToArray()).Select(Gen.Int[-2, 3].Array[shape.Length], Gen.Int[0, 2].Array[shape.Length], Gen.Int[0, 1 << 20]).Select(
            (order, steps, margins, seed) => Make(shape, order, seed % 3 == 0 ? [.. steps.Select(_ => 1)] : steps, margins, seed, dtype));

    static Tensor Make(int[] shape, int[] order, int[] steps, int[] margins, int seed, DType dtype)
    {
        if (seed % 5 == 0) order = [.. order.Order()];
        for (var i = 0; i < steps.Length; i++) if (steps[i] == 0) steps[i] = 1;
        int[] outer = [.. shape.Select((d, i) => margins[i] + ((d - 1) * Math.Abs(steps[i])) + 1)];
        var memory = Tensor.Uniform([.. order.Select(axis => outer[axis])], -40, 40, new Generator((ulong)seed)).Floor() * 0.125;
        var x = memory.To(dtype).Permute([.. order.Select((_, i) => Array.IndexOf(order, i))]);
        for (var i = 0; i < shape.Length; i++)
            x = steps[i] > 0 ? x.Slice(i, margins[i], int.MaxValue, steps[i]) : x.Slice(i, x.Shape[i] - 1 - margins[i], int.MinValue, steps[i]);
        return x;
    }

    /// <summary>The element at an index of a shape that x broadcasts to.</summary>
    public static double At(Tensor x, ReadOnlySpan<int> index)
    {
        var offset = 0L;
        for (var i = 1; i <= x.Rank; i++) offset += x.Shape[^i] == 1 ? 0 : index[^i] * x.Strides[^i];
        return x.DType switch
        {
            DType.Float32 => x.Pointer<float>()[offset],
            DType.Float64 => x.Pointer<double>()[offset],
            DType.Int64 => x.Pointer<long>()[offset],
            DType.Int32 => x.Pointer<int>()[offset],
            _ => x.Pointer<byte>()[offset],
        };
    }

    /// <summary>Every index of a shape in row-major order.</summary>
    public static IEnumerable<int[]> Indices(Shape shape)
    {
        for (var i = 0L; i < shape.Length; i++)
        {
            var index = new int[shape.Rank];
            var rest = i;
            for (var axis = shape.Rank - 1; axis >= 0; axis--) (rest, index[axis]) = (rest / shape[axis], (int)(rest % shape[axis]));
            yield return index;
        }
    }

    /// <summary>Compares every element, by its index, with what it should be.</summary>
    public static void Check(Tensor actual, Func<int[], double> expected, double tolerance = 0)
    {
        foreach (var index in Indices(actual.Shape))
        {
            var (x, y) = (At(actual, index), expected(index));
            Assert.True(x.Equals(y) || Math.Abs(x - y) <= tolerance * Math.Max(1, Math.Abs(y)), $"[{string.Join(", ", index)}] of {actual.Shape}: {x:R}, expected {y:R}");
        }
        GC.KeepAlive(actual);
    }
}
