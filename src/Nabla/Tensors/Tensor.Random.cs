namespace Nabla;

public sealed partial class Tensor
{
    /// <summary>Numbers spread evenly over low ≤ x &lt; high: 24 random bits each.</summary>
    public static Tensor Uniform(Shape shape, double low = 0, double high = 1, Generator? generator = null) =>
        Random(shape, generator, new UniformNumbers((float)low, (float)(high - low)));

    /// <summary>Normally distributed numbers (Box–Muller).</summary>
    public static Tensor Normal(Shape shape, double mean = 0, double deviation = 1, Generator? generator = null) =>
        Random(shape, generator, new NormalNumbers(mean, deviation));

    private interface INumbers
    {
        (float, float, float, float) Of(uint a, uint b, uint c, uint d);
    }

    private readonly struct UniformNumbers(float low, float width) : INumbers
    {
        public (float, float, float, float) Of(uint a, uint b, uint c, uint d) => (One(a), One(b), One(c), One(d));

        private float One(uint bits) => low + (width * ((bits >> 8) * (1f / (1 << 24))));
    }

    private readonly struct NormalNumbers(double mean, double deviation) : INumbers
    {
        public (float, float, float, float) Of(uint a, uint b, uint c, uint d)
        {
            var ((x, y), (z, w)) = (Pair(a, b), Pair(c, d));
            return (x, y, z, w);
        }

        private (float, float) Pair(uint a, uint b)
        {
            var radius = deviation * Math.Sqrt(-2 * Math.Log((a + 1.0) / 4294967296.0));
            var (sine, cosine) = Math.SinCos(2 * Math.PI * (b / 4294967296.0));
            return ((float)(mean + (radius * cosine)), (float)(mean + (radius * sine)));
        }
    }

    private static unsafe Tensor Random<N>(Shape shape, Generator? generator, N numbers) where N : struct, INumbers
    {
        var result = Empty(shape, DType.Float32);
        generator ??= Generator.Default;
        var (start, length) = (generator.Take(result.Length), result.Length);
        var target = result.Pointer<float>();
        for (var i = 0L; i < length; i += 4)
        {
            var (a, b, c, d) = Generator.Block(generator.Seed, start + (ulong)(i / 4));
            var (x, y, z, w) = numbers.Of(a, b, c, d);
            target[i] = x;
            if (i + 1 < length) target[i + 1] = y;
            if (i + 2 < length) target[i + 2] = z;
            if (i + 3 < length) target[i + 3] = w;
        }
        GC.KeepAlive(result);
        return result;
    }
}
