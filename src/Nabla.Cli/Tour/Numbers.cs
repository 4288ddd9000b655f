namespace Nabla.Cli.Tour;

/// <summary>Between tensors and what plots and tables take.</summary>
static class Numbers
{
    /// <summary>The elements in order, as doubles.</summary>
    public static double[] Doubles(this Tensor x) => x.To(DType.Float64).ToArray<double>();

    /// <summary>A range cut into equal steps, both ends included.</summary>
    public static double[] Evenly(double from, double to, int count) => [.. Enumerable.Range(0, count).Select(i => from + (to - from) * i / (count - 1))];
}
