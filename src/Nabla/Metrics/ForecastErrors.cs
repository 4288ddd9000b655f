namespace Nabla.Metrics;

/// <summary>
/// Errors of forecasts of one series: their mean absolute and root mean squared error, and the mean absolute scaled error (Hyndman and Koehler 2006, §3), in which 1 is as good as the last value was for
/// one step ahead on the data to learn from.
/// </summary>
public sealed class ForecastErrors
{
    private readonly RegressionMetrics metrics = new();
    private readonly double scale;

    /// <summary>Scaled by a series' own changes.</summary>
    /// <param name="learned">The values that the forecasts were learned from, two or more.</param>
    public ForecastErrors(ReadOnlySpan<double> learned)
    {
        if (learned.Length < 2) throw new ArgumentException($"ForecastErrors: {learned.Length} values to learn from have no change to compare with; 2 are needed at least.", nameof(learned));
        for (var i = 1; i < learned.Length; i++) scale += Math.Abs(learned[i] - learned[i - 1]) / (learned.Length - 1);
    }

    /// <summary>Values that were foretold.</summary>
    public long Count => metrics.Count;

    /// <summary>mean |y − ŷ|</summary>
    public double MeanAbsolute => metrics.MeanAbsoluteError;

    /// <summary>√ mean (y − ŷ)²</summary>
    public double RootMeanSquared => metrics.RootMeanSquaredError;

    /// <summary>mean |y − ŷ| ÷ the mean change of one step on the data to learn from; NaN where that never changes.</summary>
    public double MeanAbsoluteScaled => scale == 0 ? double.NaN : MeanAbsolute / scale;

    /// <summary>Adds a forecast.</summary>
    /// <param name="values">What came.</param>
    /// <param name="forecast">What was foretold, as many.</param>
    public void Update(ReadOnlySpan<double> values, ReadOnlySpan<double> forecast) => metrics.Update(values, forecast);
}
