namespace Nabla.Metrics;

/// <summary>One value of the counts of several classes.</summary>
internal static class Averages
{
    /// <summary>By the average; means leave out what is NaN.</summary>
    public static double Of(IReadOnlyCollection<BinaryCounts> classes, Average average, Func<BinaryCounts, double> metric,
        Undefined undefined)
    {
        if (average == Average.Micro)
        {
            var all = new BinaryCounts(undefined);
            foreach (var counts in classes) all.Merge(counts);
            return metric(all);
        }
        var (sum, weights) = (0.0, 0.0);
        foreach (var counts in classes)
        {
            var (value, weight) = (metric(counts), average == Average.Macro ? 1 : counts.Positives);
            if (!double.IsNaN(value)) (sum, weights) = (sum + (value * weight), weights + weight);
        }
        return Ratio.Of(sum, weights, undefined);
    }
}
