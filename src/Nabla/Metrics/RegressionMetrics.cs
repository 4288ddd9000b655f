using System.Numerics;

namespace Nabla.Metrics;

/// <summary>How far predicted numbers are from true ones. Streaming, in constant memory; parts from several threads merge. Definitions as in scikit-learn.</summary>
/// <param name="undefined">The value of a ratio whose denominator is 0: no samples, or constant ones.</param>
public sealed class RegressionMetrics(Undefined undefined = Undefined.Zero)
{
    private Comoments moments;
    private double squares, absolutes;

    /// <summary>Number of samples.</summary>
    public long Count => moments.Count;

    /// <summary>Adds a batch.</summary>
    /// <param name="targets">Numbers of any shape.</param>
    /// <param name="predictions">Of the same shape.</param>
    /// <exception cref="ArgumentException">The shapes differ, or a number is not finite. Nothing is added.</exception>
    public void Update(Tensor targets, Tensor predictions)
    {
        Inputs.CheckShapes(targets, predictions, nameof(RegressionMetrics), nameof(predictions));
        Update<double>(Inputs.Values(targets, nameof(targets)), Inputs.Values(predictions, nameof(predictions)));
    }

    /// <summary>Adds a batch.</summary>
    /// <exception cref="ArgumentException">The lengths differ, or a number is not finite. Nothing is added.</exception>
    public void Update<T>(ReadOnlySpan<T> targets, ReadOnlySpan<T> predictions) where T : IFloatingPoint<T>
    {
        Inputs.CheckLengths(targets.Length, predictions.Length, nameof(RegressionMetrics), nameof(predictions));
        var (truths, guesses) = (Inputs.Values(targets), Inputs.Values(predictions));
        Inputs.CheckFinite(truths, nameof(RegressionMetrics), nameof(targets));
        Inputs.CheckFinite(guesses, nameof(RegressionMetrics), nameof(predictions));
        for (var i = 0; i < truths.Length; i++)
        {
            var error = guesses[i] - truths[i];
            (squares, absolutes) = (squares + (error * error), absolutes + Math.Abs(error));
            moments.Add(truths[i], guesses[i]);
        }
    }

    /// <summary>Adds the samples of another.</summary>
    public void Merge(RegressionMetrics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (squares, absolutes) = (squares + other.squares, absolutes + other.absolutes);
        moments.Merge(other.moments);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset() => (moments, squares, absolutes) = (default, 0, 0);

    /// <summary>MSE = Σ (ŷ − y)² / n.</summary>
    public double MeanSquaredError => Ratio.Of(squares, Count, undefined);

    /// <summary>RMSE = √MSE, in the unit of the targets.</summary>
    public double RootMeanSquaredError => Math.Sqrt(MeanSquaredError);

    /// <summary>MAE = Σ |ŷ − y| / n, in the unit of the targets.</summary>
    public double MeanAbsoluteError => Ratio.Of(absolutes, Count, undefined);

    /// <summary>
    /// R² = 1 − Σ (ŷ − y)² / Σ (y − ȳ)²: the share of the targets' variance that is explained; 0 for the mean as prediction, negative for worse.
    /// Undefined if the targets are all the same.
    /// </summary>
    public double RSquared => moments.XX == 0 ? undefined.Value() : 1 - (squares / moments.XX);

    /// <summary>Pearson's r = Σ (y − ȳ)(ŷ − mean ŷ) / √(Σ (y − ȳ)² · Σ (ŷ − mean ŷ)²), from −1 to 1. Undefined if targets or predictions are all the same.</summary>
    public double Pearson => moments.Correlation(undefined);
}
