namespace Nabla.Data;

/// <summary>Numbers of other distributions.</summary>
internal static class Draws
{
    extension(Generator random)
    {
        /// <summary>A number of Beta(α, α): of two Gamma(α) numbers, the first one's share of their sum.</summary>
        public double NextBeta(double alpha)
        {
            var (a, b) = (random.NextLogGamma(alpha), random.NextLogGamma(alpha));
            // Of logarithms, because for small α both numbers may be below the smallest double.
            return 1 / (1 + Math.Exp(b - a));
        }

        /// <summary>The logarithm of a number of Gamma(α, 1) (Marsaglia, Tsang 2000; below 1 by their boost U^(1/α)).</summary>
        private double NextLogGamma(double alpha)
        {
            if (alpha < 1) return random.NextLogGamma(alpha + 1) + (Math.Log(1 - random.NextDouble()) / alpha);
            var (d, c) = (alpha - (1.0 / 3), 1 / Math.Sqrt(9 * (alpha - (1.0 / 3))));
            while (true)
            {
                var x = random.NextNormal();
                var v = 1 + (c * x);
                if (v <= 0) continue;
                v = v * v * v;
                if (Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + (d * (1 - v + Math.Log(v)))) return Math.Log(d * v);
            }
        }

        /// <summary>A number of the standard normal distribution (Box, Muller 1958).</summary>
        private double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

        /// <summary>Numbers of 0–1, four to a block.</summary>
        public void Fill(Span<float> values)
        {
            var block = random.Take(values.Length);
            for (var i = 0; i < values.Length; i += 4)
            {
                var (a, b, c, d) = Generator.Block(random.Seed, block++);
                values[i] = Unit(a);
                if (i + 1 < values.Length) values[i + 1] = Unit(b);
                if (i + 2 < values.Length) values[i + 2] = Unit(c);
                if (i + 3 < values.Length) values[i + 3] = Unit(d);
            }
        }
    }

    private static float Unit(uint bits) => (bits >> 8) * (1f / (1 << 24));
}
