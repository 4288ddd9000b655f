using System.Globalization;
using System.Text.Json.Serialization;
using Nabla.Checkpoints;
using Nabla.Cli.Training;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Reports;
using Nabla.Schedules;
using Nabla.Training;

namespace Nabla.Cli.Forecasts;

/// <summary>Trains by a configuration in a run folder, and foretells the end of the series beside forecasts that need no model.</summary>
sealed class ForecastRun(ForecastConfiguration configuration, Series series, RunFolder run)
{
    const int Batch = 32, Evaluations = 20, MostDrawn = 200;

    int ValidationStart => configuration.Values[0];

    int TestStart => configuration.Values[0] + configuration.Values[1];

    /// <summary>Trains to the end, or until it is asked to stop.</summary>
    public TrainingResult Train(bool resume, CancellationToken cancellation, params ReadOnlySpan<ITrainingCallback> watchers)
    {
        var model = Model();
        var deviation = model.Deviation.Value.Item();
        var trainer = new Trainer<LabelledBatch>(model, new Adam(model, configuration.LearningRate), batch => ((model.Forward(batch.Inputs) - batch.Labels) / deviation).Square().Mean())
        {
            Epochs = int.MaxValue, Steps = configuration.Steps, EvaluateEvery = Math.Max(1, configuration.Steps / Evaluations), ClipNorm = 1, Seed = configuration.Seed,
            Schedule = new CosineDecay(configuration.LearningRate, configuration.Steps),
        };
        foreach (var watcher in watchers) trainer.Callbacks.Add(watcher);
        return trainer.Fit(Batches(configuration.Window, ValidationStart, configuration.Seed), Batches(ValidationStart, TestStart, null), run, resume, cancellation);
    }

    /// <summary>The best checkpoint and the forecasts without a model, from every origin in the last part.</summary>
    public ForecastSummary Judge(TrainingResult result, IReadOnlyList<(string Name, string Value)> assumptions)
    {
        var model = Model();
        Checkpoint.Load(model, run.Best);
        var methods = new List<(string Name, Func<int, double[]> Forecast)>
        {
            (configuration.Model, origin => model.Forward(Window(origin)).ToArray<double>()),
            ("last value", origin => [.. Enumerable.Repeat(series.Values[origin - 1], configuration.Horizon)]),
        };
        if (configuration.Season is { } season) methods.Add(("seasonal", origin => [.. Enumerable.Range(0, configuration.Horizon).Select(step => series.Values[origin - season + (step % season)])]));
        var told = methods.Select(method => Told(method.Name, method.Forecast)).ToArray();
        var errors = Array.ConvertAll(told, one => one.Errors);
        var rival = errors.Skip(1).MinBy(row => row.Mae)!;
        var verdict = errors[0].Mae < rival.Mae
            ? Invariant($"The {configuration.Model}'s mean absolute error is {1 - (errors[0].Mae / rival.Mae):0%} below that of the {rival.Method} forecast.")
            : Invariant($"The {configuration.Model} does not beat the {rival.Method} forecast{(rival.Mae == 0 ? ", which is never wrong" : Invariant($": its mean absolute error is {(errors[0].Mae / rival.Mae) - 1:0%} higher"))}. Use the {rival.Method} forecast.");
        var best = errors.MinBy(row => row.Mae)!.Method;
        var next = methods.First(method => method.Name == best).Forecast(series.Values.Length);
        var numbers = errors.Select(row => (row.Method, Invariant($"MAE {row.Mae:G4}, RMSE {row.Rmse:G4}, MASE {row.Mase:0.000}"))).Append(("next", $"{Listed(next, model.Deviation.Value.Item())}, by the {best} forecast"));
        TrainingReport.Write(run, $"{configuration.Model} on {series.Name}", verdict, assumptions.Concat(numbers), more: report => Draw(report.Add(2, "The forecasts"), told[0], told[Array.IndexOf(errors, rival)], next));
        return new(run.Folder, result.End.ToString(), result.Steps, Math.Round(result.Elapsed.TotalSeconds, 3), errors, verdict, best, next, run.Report);
    }

    public Forecaster Model()
    {
        var learned = series.Values.AsSpan(0, ValidationStart).ToArray();
        var mean = learned.Average();
        var deviation = Math.Sqrt(learned.Average(value => (value - mean) * (value - mean)));
        if (deviation == 0) throw new UserException($"{series.Name}: the values to learn from are all {mean}. A series that never changes needs no model.");
        Recurrent layers = configuration.Model switch { "rnn" => new Rnn(1, configuration.Hidden), "gru" => new Gru(1, configuration.Hidden), _ => new Lstm(1, configuration.Hidden) };
        return new Forecaster(layers, configuration.Horizon, mean, deviation).Initialize(configuration.Seed);
    }

    /// <summary>The errors of a method, and what it said of each value from as far before as it looks ahead.</summary>
    (ForecastRow Errors, double[] Farthest) Told(string name, Func<int, double[]> forecast)
    {
        var (errors, farthest) = (new ForecastErrors(series.Values.AsSpan(0, ValidationStart)), new List<double>());
        for (var origin = TestStart; origin + configuration.Horizon <= series.Values.Length; origin++)
        {
            var said = forecast(origin);
            errors.Update(series.Values.AsSpan(origin, configuration.Horizon), said);
            farthest.Add(said[^1]);
        }
        return (new(name, errors.MeanAbsolute, errors.RootMeanSquared, errors.MeanAbsoluteScaled), [.. farthest]);
    }

    /// <summary>The end of the series with what the model and the best of its rivals said of it, and what comes next.</summary>
    void Draw(ChapterPage page, (ForecastRow Errors, double[] Farthest) model, (ForecastRow Errors, double[] Farthest) rival, double[] next)
    {
        var count = Math.Min(model.Farthest.Length, MostDrawn);
        double[] Numbers(int start, int length) => [.. Enumerable.Range(start + 1, length).Select(number => (double)number)];
        var steps = Numbers(series.Values.Length - count, count);
        var plot = new Plot("value", series.Name).Line(steps, series.Values.AsSpan()[^count..], Ink.Muted, "series")
            .Line(steps, rival.Farthest.AsSpan()[^count..], Ink.Orange, rival.Errors.Method, dashed: true).Line(steps, model.Farthest.AsSpan()[^count..], Ink.Blue, model.Errors.Method)
            .Points(Numbers(series.Values.Length, next.Length), next, Ink.Violet, "next");
        page.Plot(plot.Legend(), "The end of the series and its forecasts",
            Invariant($"The last {count:n0} values, none of which the model has learned from, and what was said of each {(configuration.Horizon == 1 ? "one step" : $"{configuration.Horizon} steps")} before; behind them what comes next."));
    }

    /// <summary>Windows and what follows them, of origins from <paramref name="start"/> on whose values all lie before <paramref name="end"/>.</summary>
    Pipeline<LabelledBatch> Batches(int start, int end, ulong? seed)
    {
        var origins = Dataset.From(end - configuration.Horizon - start + 1, i => (int)i + start);
        Pipeline<int> inOrder = seed is { } shuffled ? origins.Shuffle(shuffled) : origins;
        return inOrder.Batch(Batch, some => new LabelledBatch(
            Tensor.Concat(0, [.. some.Select(Window)]),
            Tensor.From([.. some.SelectMany(origin => series.Values[origin..(origin + configuration.Horizon)])], [some.Count, configuration.Horizon])));
    }

    Tensor Window(int origin) => Tensor.From(series.Values[(origin - configuration.Window)..origin], [1, configuration.Window]);

    /// <summary>Values one after another: to four digits, or more where a hundredth of the series' deviation takes more.</summary>
    public static string Listed(IReadOnlyList<double> values, double deviation)
    {
        var digits = Math.Clamp(3 + (int)Math.Floor(Math.Log10(Math.Max(values.Max(Math.Abs) / deviation, 1))), 4, 15);
        return string.Join(" ", values.Take(12).Select(value => value.ToString($"G{digits}", CultureInfo.InvariantCulture))) + (values.Count > 12 ? " …" : "");
    }
}

/// <summary>How far forecasts were off.</summary>
/// <param name="Method">Who made them.</param>
/// <param name="Mae">Mean absolute error, in the series' units.</param>
/// <param name="Rmse">Root mean squared error.</param>
/// <param name="Mase">Mean absolute scaled error.</param>
sealed record ForecastRow(string Method, double Mae, double Rmse, double Mase);

/// <summary>What a training came to.</summary>
/// <param name="Run">Its folder.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Steps">Steps taken.</param>
/// <param name="Seconds">The time taken.</param>
/// <param name="Test">The model first, then what needs no model.</param>
/// <param name="Verdict">Whether the model is worth it.</param>
/// <param name="Best">Whose errors are the smallest.</param>
/// <param name="Next">What it says will follow the series.</param>
/// <param name="Report">The page about it.</param>
sealed record ForecastSummary(string Run, string End, long Steps, double Seconds, IReadOnlyList<ForecastRow> Test, string Verdict, string Best, IReadOnlyList<double> Next, string Report);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(ForecastSummary))]
sealed partial class ForecastSummaryJson : JsonSerializerContext;
