using CsCheck;
using Nabla.Backends.Cpu;

namespace Nabla.Tests.Backends.Cpu;

public sealed unsafe class LaneMemoryTests
{
    public static TheoryData<int> Widths => LaneRunner.Widths;

    [Theory, MemberData(nameof(Widths))]
    public void A_part_is_loaded_and_stored_without_touching_its_neighbours(int width) => ByWidth(width, new PartCheck());

    [Theory, MemberData(nameof(Widths))]
    public void Masks_go_to_bytes_and_back(int width) => ByWidth(width, new MaskCheck());

    [Theory, MemberData(nameof(Widths))]
    public void Sum_largest_and_smallest_are_those_of_the_elements(int width) => ByWidth(width, new FoldCheck());

    [Theory, MemberData(nameof(Widths))]
    public void Max_and_min_give_NaN_if_either_is_NaN(int width) => ByWidth(width, new NaNCheck());

    [Theory, MemberData(nameof(Widths))]
    public void Even_and_odd_elements_come_apart_and_together_again(int width) => ByWidth(width, new PairCheck());

    interface ICheck { void Run<V>() where V : struct, IFloatLane<V>; }

    static void ByWidth(int width, ICheck check)
    {
        switch (width)
        {
            case 16: check.Run<Float512>(); break;
            case 8: check.Run<Float256>(); break;
            case 4: check.Run<Float128>(); break;
            default: check.Run<Float1>(); break;
        }
    }

    readonly struct PartCheck : ICheck
    {
        public void Run<V>() where V : struct, IFloatLane<V>
        {
            Span<float> source = stackalloc float[40], target = stackalloc float[40];
            for (var i = 0; i < 40; i++) source[i] = i + 1;
            fixed (float* from = source, to = target)
                for (var count = 1; count < V.Count; count++)
                {
                    target.Fill(-7);
                    var part = V.LoadPart(from, count);
                    V.StorePart(to + 3, part, count);
                    for (var i = 0; i < 40; i++)
                        Assert.Equal(i >= 3 && i < 3 + count ? i - 2 : -7, target[i]);
                    V.Store(to, part);
                    for (var i = 0; i < V.Count; i++)
                        Assert.Equal(i < count ? i + 1 : 0, target[i]);
                }
        }
    }

    readonly struct PairCheck : ICheck
    {
        public void Run<V>() where V : struct, IFloatLane<V>
        {
            var n = V.Count;
            float[] source = [.. Enumerable.Range(0, 2 * n).Select(i => (float)i)], apart = new float[2 * n], together = new float[2 * n];
            fixed (float* from = source, to = apart, back = together)
            {
                V even = V.Even(V.Load(from), V.Load(from + n)), odd = V.Odd(V.Load(from), V.Load(from + n));
                V.Store(to, even);
                V.Store(to + n, odd);
                V.Store(back, V.ZipLow(even, odd));
                V.Store(back + n, V.ZipHigh(even, odd));
            }
            Assert.Equal(source.Where(value => value % 2 == 0).Concat(source.Where(value => value % 2 == 1)), apart);
            Assert.Equal(source, together);
        }
    }

    readonly struct MaskCheck : ICheck
    {
        public void Run<V>() where V : struct, IFloatLane<V> => Gen.Float[-1, 1].Array[V.Count].Select(Gen.Int[1, V.Count]).Sample((values, count) =>
        {
            Span<byte> bytes = stackalloc byte[24];
            bytes.Fill(9);
            Span<float> back = stackalloc float[V.Count];
            fixed (float* x = values, y = back)
            fixed (byte* b = bytes)
            {
                V.StoreMask(b + 2, V.LessThan(V.Zero, V.Load(x)), count);
                V.Store(y, V.Select(V.LoadMask(b + 2, count), V.One, V.Zero));
            }
            for (var i = 0; i < 24; i++)
                Assert.Equal(i < 2 || i >= 2 + count ? 9 : values[i - 2] > 0 ? 1 : 0, bytes[i]);
            for (var i = 0; i < V.Count; i++)
                Assert.Equal(i < count && values[i] > 0 ? 1 : 0, back[i]);
        }, iter: 300);
    }

    readonly struct FoldCheck : ICheck
    {
        public void Run<V>() where V : struct, IFloatLane<V> => Gen.Int[-1000, 1000].Select(i => (float)i).Array[V.Count].Sample(values =>
        {
            fixed (float* x = values)
            {
                Assert.Equal(values.Sum(), V.Sum(V.Load(x)));
                Assert.Equal(values.Max(), V.Largest(V.Load(x)));
                Assert.Equal(values.Min(), V.Smallest(V.Load(x)));
            }
        }, iter: 300);
    }

    readonly struct NaNCheck : ICheck
    {
        public void Run<V>() where V : struct, IFloatLane<V>
        {
            var (nan, one) = (V.Constant(double.NaN), V.One);
            Assert.All([V.Max(nan, one), V.Max(one, nan), V.Min(nan, one), V.Min(one, nan)], v => Assert.True(float.IsNaN(V.Sum(v))));
            Assert.True(float.IsNaN(V.Largest(nan)));
        }
    }
}
