namespace Nabla.Benchmarks;

/// <summary>The data both sides are given: the same for the same seed.</summary>
internal static class Values
{
    /// <summary>Uniform in [−scale, scale).</summary>
    public static float[] Uniform(int seed, long count, double scale = 1)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)(scale * (2 * random.NextDouble() - 1));
        return values;
    }

    /// <summary>Whole numbers in [0, below).</summary>
    public static long[] Indices(int seed, int count, int below)
    {
        var random = new Random(seed);
        var values = new long[count];
        for (var i = 0; i < values.Length; i++)
            values[i] = random.Next(below);
        return values;
    }
}
