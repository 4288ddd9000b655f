using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Metrics;
using Nabla.Models;

namespace Nabla.Cli.Tasks.Forecasts;

/// <summary>A way to forecast, with its errors on the test part.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="From">The values that follow an origin: the position of the first of them.</param>
/// <param name="Errors">Its errors, from every origin of the test part.</param>
/// <param name="Farthest">What it said of each value from the farthest origin, <c>horizon</c> steps before.</param>
sealed record Method(string Name, Func<int, double[]> From, ForecastErrors Errors, double[] Farthest)
{
    public JsonObject ToJson()
    {
        var json = TrainingOutcome.Metrics(new Dictionary<string, double>
        {
            ["mae"] = Errors.MeanAbsolute, ["rmse"] = Errors.RootMeanSquared, ["mase"] = Errors.MeanAbsoluteScaled,
        });
        json.Insert(0, "method", Name);
        return json;
    }
}

/// <summary>Forecasts of the end of a series by a model and by what needs none: the last value, and the value of a season before.</summary>
sealed class ForecastComparison
{
    readonly Series series;
    readonly ForecastSettings settings;

    public ForecastComparison(Series series, ForecastSettings settings, Forecaster model, Func<int, Tensor> window)
    {
        (this.series, this.settings) = (series, settings);
        var horizon = settings.Horizon.Value;
        var methods = new List<Method>
        {
            Tested(settings.Model, origin => model.Forward(window(origin)).ToArray<double>()),
            Tested("last value", origin => [.. Enumerable.Repeat(series.Values[origin - 1], horizon)]),
        };
        if (settings.Season.OrNull() is { } season)
            methods.Add(Tested("seasonal", origin =>
                [.. Enumerable.Range(0, horizon).Select(step => series.Values[origin - season + (step % season)])]));
        Methods = methods;
        Next = Best.From(series.Values.Length);
        Scale = model.Deviation.Value.Item();
    }

    /// <summary>The model first.</summary>
    public IReadOnlyList<Method> Methods { get; }

    /// <summary>The better of those that need no model.</summary>
    public Method Baseline => Methods.Skip(1).MinBy(method => method.Errors.MeanAbsolute)!;

    /// <summary>The one with the smallest errors.</summary>
    public Method Best => Methods.MinBy(method => method.Errors.MeanAbsolute)!;

    /// <summary>What the best says will follow the series.</summary>
    public double[] Next { get; }

    /// <summary>The standard deviation of the training part.</summary>
    public double Scale { get; }

    /// <summary>Whether the model is better than the baseline.</summary>
    public string Verdict
    {
        get
        {
            var (model, baseline) = (Methods[0].Errors.MeanAbsolute, Baseline.Errors.MeanAbsolute);
            var (gain, name) = (1 - (model / baseline), Baseline.Name);
            if (model < baseline)
                return Invariant($"The {settings.Model}'s mean absolute error is {gain:0%} below that of the {name} forecast.");
            var much = baseline == 0 ? ", which is never wrong"
                : Invariant($": its mean absolute error is {(model / baseline) - 1:0%} higher");
            return $"The {settings.Model} does not beat the {Baseline.Name} forecast{much}. Use the {Baseline.Name} forecast.";
        }
    }

    /// <summary>Values one after another: to four digits, or more where a hundredth of the standard deviation takes more.</summary>
    public string NextListed
    {
        get
        {
            var digits = Math.Clamp(3 + (int)Math.Floor(Math.Log10(Math.Max(Next.Max(Math.Abs) / Scale, 1))), 4, 15);
            return string.Join(" ", Next.Take(12).Select(value => value.ToString($"G{digits}", CultureInfo.InvariantCulture))) +
                (Next.Length > 12 ? " …" : "");
        }
    }

    /// <summary>From every origin of the test part.</summary>
    Method Tested(string name, Func<int, double[]> from)
    {
        var (parts, horizon) = (settings.Values.Value, settings.Horizon.Value);
        var (errors, farthest) = (new ForecastErrors(series.Values.AsSpan(0, parts[0])), new List<double>());
        for (var origin = parts[0] + parts[1]; origin + horizon <= series.Values.Length; origin++)
        {
            var forecast = from(origin);
            errors.Update(series.Values.AsSpan(origin, horizon), forecast);
            farthest.Add(forecast[^1]);
        }
        return new(name, from, errors, [.. farthest]);
    }
}
