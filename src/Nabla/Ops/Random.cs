using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>Four random words to four numbers.</summary>
    internal interface IDistribution
    {
        (float, float, float, float) Of(uint a, uint b, uint c, uint d);
    }

    /// <summary>Evenly over low ≤ x &lt; high: 24 random bits each.</summary>
    internal readonly struct UniformNumbers(float low, float high) : IDistribution
    {
        private readonly float width = high - low, last = MathF.BitDecrement(high);

        public (float, float, float, float) Of(uint a, uint b, uint c, uint d) => (One(a), One(b), One(c), One(d));

        private float One(uint bits) => MathF.Min(low + (width * ((bits >> 8) * (1f / (1 << 24)))), last);
    }

    /// <summary>
    /// Box and Muller 1958: √(−2 ln u) · (cos 2πv, sin 2πv). The functions are the lanes' own, so that the bits are the same on every machine.
    /// </summary>
    internal readonly struct NormalNumbers(float mean, float deviation) : IDistribution
    {
        public (float, float, float, float) Of(uint a, uint b, uint c, uint d)
        {
            var ((x, y), (z, w)) = (Pair(a, b), Pair(c, d));
            return (x, y, z, w);
        }

        private (float, float) Pair(uint a, uint b)
        {
            var radius = Float1.Sqrt(Float1.Constant(-2) * FloatMath<Float1>.Log(new Float1(((a >> 8) + 1) * (1f / (1 << 24)))));
            var angle = new Float1((b >> 8) * (2 * MathF.PI / (1 << 24)));
            return (Scaled(radius * FloatMath<Float1>.Cos(angle)), Scaled(radius * FloatMath<Float1>.Sin(angle)));
        }

        private float Scaled(Float1 number) => MathF.FusedMultiplyAdd(Float1.Sum(number), deviation, mean);
    }

    /// <summary>Fills a tensor with random numbers: element i comes from block position + i/4 of the generator, whichever thread computes it.</summary>
    internal static unsafe class RandomNumbers
    {
        public static Tensor Fill<D>(Shape shape, Generator? generator, D distribution) where D : struct, IDistribution
        {
            generator ??= Generator.Default;
            var result = Tensor.Empty(shape, DType.Float32);
            var part = new Part<D>(distribution, generator.Seed, generator.Take(result.Length), result.Pointer<float>());
            ThreadTeam.Run(result.Length, 4096, ref part);
            GC.KeepAlive(result);
            return result;
        }

        private readonly struct Part<D>(D distribution, ulong seed, ulong block, float* target) : IRange where D : struct, IDistribution
        {
            public void Run(long start, long end)
            {
                for (var i = start; i < end; i += 4)
                {
                    var (a, b, c, d) = Generator.Block(seed, block + (ulong)(i / 4));
                    var (x, y, z, w) = distribution.Of(a, b, c, d);
                    target[i] = x;
                    if (i + 1 < end) target[i + 1] = y;
                    if (i + 2 < end) target[i + 2] = z;
                    if (i + 3 < end) target[i + 3] = w;
                }
            }
        }
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>Numbers spread evenly over low ≤ x &lt; high: 24 random bits each. The same generator state gives the same bits on any number of threads.</summary>
        /// <exception cref="ArgumentException">low is not below high.</exception>
        public static Tensor Uniform(Shape shape, double low = 0, double high = 1, Generator? generator = null) => (float)low < (float)high
            ? RandomNumbers.Fill(shape, generator, new UniformNumbers((float)low, (float)high))
            : throw new ArgumentException($"Uniform: low {low} must be below high {high}.");

        /// <summary>Normally distributed numbers (Box–Muller). The same generator state gives the same bits on any number of threads.</summary>
        public static Tensor Normal(Shape shape, double mean = 0, double deviation = 1, Generator? generator = null) =>
            RandomNumbers.Fill(shape, generator, new NormalNumbers((float)mean, (float)deviation));

        /// <summary>True with the given probability: Bool.</summary>
        /// <exception cref="ArgumentOutOfRangeException">The probability is not within 0 … 1.</exception>
        public static Tensor Bernoulli(Shape shape, double probability, Generator? generator = null) => probability is >= 0 and <= 1
            ? Uniform(shape, 0, 1, generator) < probability
            : throw new ArgumentOutOfRangeException(nameof(probability), $"Bernoulli: probability {probability} is not within 0 … 1.");
    }
}
