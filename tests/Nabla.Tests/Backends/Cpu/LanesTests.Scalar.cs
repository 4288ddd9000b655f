using Nabla.Backends;
using Nabla.Backends.Cpu;

namespace Nabla.Tests.Backends.Cpu;

public sealed unsafe class ScalarLaneTests
{
    [Fact]
    public void Integers_compute_exactly()
    {
        Assert.Equal(-4_611_686_018_427_387_903, Of<Int64Lane, long>(7, 4_611_686_018_427_387_910));
        Assert.Equal(-3, Of<Int32Lane, int>(7, 10));

        // |a − b| where a > b, else a − b
        static T Of<V, T>(T a, T b) where V : struct, ICpuLane<V, T> where T : unmanaged
        {
            var (x, y) = (V.Broadcast(a), V.Broadcast(b));
            return V.Sum(V.Select(V.LessThan(y, x), V.Abs(x - y), -V.Max(y - x, V.Zero)));
        }
    }

    [Fact]
    public void Exp_of_an_integer_says_what_to_do()
    {
        Assert.Equal("exp of int64: convert first, x.To(DType.Float32).", Assert.Throws<NotSupportedException>(Exp<Int64Lane>).Message);
        Assert.Equal("exp of int32: convert first, x.To(DType.Float32).", Assert.Throws<NotSupportedException>(Exp<Int32Lane>).Message);

        static void Exp<V>() where V : struct, ILane<V> => V.Exp(V.One);
    }
}
