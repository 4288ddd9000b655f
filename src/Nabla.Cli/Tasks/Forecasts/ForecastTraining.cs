using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Checkpoints;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Reports;
using Nabla.Schedules;
using Nabla.Training;

namespace Nabla.Cli.Tasks.Forecasts;

/// <summary>A training on a series.</summary>
sealed class ForecastTraining(ForecastSettings settings, Series series) : ITraining
{
    /// <summary>The fractions of the training and validation parts; the rest is the test part.</summary>
    const double TrainFraction = 0.65, ValidationFraction = 0.15;

    const int Batch = 32, Evaluations = 20, MostDrawn = 200;

    public TaskSettings Settings => settings;

    public string DataName => series.Name;

    public string ModelName => settings.Model;

    public string Unit => "windows";

    public int? Epochs => null;

    public Goal Goal { get; } = new("loss");

    public IReadOnlyList<(string Name, string Value)> Choices
    {
        get
        {
            var parts = settings.Values.Value;
            var seasonal = settings.Season.HasValue ? $" and the value of {settings.Season} steps before"
                : "; name a season to compare with that too";
            return
            [
                ("series", Invariant($"{series.Description}: {series.Values.Length:n0} values")),
                ("split", Invariant($"the first {parts[0]} training, the next {parts[1]} validation, the last {parts[2]} test, from ") +
                    "every origin in turn"),
                ("forecast", Invariant($"{settings.Horizon} ahead from the {settings.Window} before (--horizon, --window)")),
                ("compared", $"with the last value{seasonal} (--season)"),
                ("model", Invariant($"{settings.Model} of {settings.Hidden} units, {Model().ParameterCount():n0} parameters ") +
                    "(--model, --hidden)"),
                ("training", Invariant(
                    $"{settings.Steps:n0} steps; Adam, learning rate {settings.LearningRate:G4} (cosine) (--steps, --lr)")),
            ];
        }
    }

    int ValidationStart => settings.Values.Value[0];

    int TestStart => settings.Values.Value[0] + settings.Values.Value[1];

    public static ForecastTraining Begin(ForecastSettings settings)
    {
        if (!settings.Data.HasValue) throw new UserException($"--data is missing: {Series.Kinds}.");
        var series = Open(settings);
        if (series.Season is { } usual) settings.Season.Choose(usual);
        var season = settings.Season.OrNull();
        settings.Window.Choose(Math.Max(2 * season ?? 24, 12));
        var count = series.Values.Length;
        int[] parts = [(int)(count * TrainFraction), (int)(count * ValidationFraction), 0];
        parts[2] = count - parts[0] - parts[1];
        var (window, horizon) = (settings.Window.Value, settings.Horizon.Value);
        if (parts[0] < window + horizon + 10 || parts[1] < horizon || parts[2] < horizon || parts[0] < season)
            throw new UserException(Invariant($"{series.Name} has {count} values, {parts[0]} for training: too few for windows of ") +
                Invariant($"{window} and {horizon} ahead. Lower --window or --horizon, or give a longer series."));
        settings.Values.Set(parts);
        return new(settings, series);
    }

    public static ForecastTraining Continue(ForecastSettings settings)
    {
        var series = Open(settings);
        if (series.Values.Length != settings.Values.Value.Sum())
            throw new UserException(Invariant($"{settings.Data} has {series.Values.Length} values now, the run was begun with ") +
                Invariant($"{settings.Values.Value.Sum()}. Restore the series, or begin a new run."));
        return new(settings, series);
    }

    public TrainingResult Train(TrainingContext context)
    {
        var model = Model();
        var deviation = model.Deviation.Value.Item();
        var trainer = new Trainer<LabelledBatch>(model, new Adam(model, settings.LearningRate), batch =>
            ((model.Forward(batch.Inputs) - batch.Labels) / deviation).Square().Mean())
        {
            Epochs = int.MaxValue, Steps = settings.Steps, EvaluateEvery = Math.Max(1, settings.Steps / Evaluations), ClipNorm = 1,
            Schedule = new CosineDecay(settings.LearningRate.Value, settings.Steps),
        };
        return context.Fit(trainer, settings, Batches(settings.Window, ValidationStart, settings.Seed),
            Batches(ValidationStart, TestStart, null));
    }

    public TrainingOutcome Conclude(RunFolder run, TrainingResult result)
    {
        var model = Model();
        Checkpoint.Load(model, run.Best);
        var comparison = new ForecastComparison(series, settings, model, Window);
        var (methods, best) = (comparison.Methods, comparison.Best.Name);
        var numbers = methods.Select(method => (method.Name, Invariant($"MAE {method.Errors.MeanAbsolute:G4}, RMSE ") +
            Invariant($"{method.Errors.RootMeanSquared:G4}, MASE {method.Errors.MeanAbsoluteScaled:0.000}")));
        TrainingReport.Write(run, $"{ModelName} on {DataName}", comparison.Verdict,
            [.. Choices, .. numbers, ("next", $"{comparison.NextListed}, by the {best} forecast")],
            more: report => Draw(report.Add(2, "The forecasts"), comparison));
        var fields = new JsonObject
        {
            ["test"] = new JsonArray([.. methods.Select(method => method.ToJson())]), ["verdict"] = comparison.Verdict, ["best"] = best,
            ["next"] = JsonSerializer.SerializeToNode(comparison.Next, MetricsJson.Default.DoubleArray),
        };
        return new(comparison.Verdict, fields, [.. Table(methods), $"Next, by the {best} forecast: {comparison.NextListed}"], null);
    }

    Forecaster Model()
    {
        var training = series.Values.AsSpan(0, ValidationStart).ToArray();
        var mean = training.Average();
        var deviation = Math.Sqrt(training.Average(value => (value - mean) * (value - mean)));
        if (deviation == 0)
            throw new UserException($"{series.Name}: the training values are all {mean}. A series that never changes needs no model.");
        Recurrent layers = settings.Model.Value switch
        {
            "rnn" => new Rnn(1, settings.Hidden),
            "gru" => new Gru(1, settings.Hidden),
            _ => new Lstm(1, settings.Hidden),
        };
        return new Forecaster(layers, settings.Horizon, mean, deviation).Initialize(settings.Seed);
    }

    static Series Open(ForecastSettings settings)
    {
        settings.Data.Set(Path.Exists(settings.Data) ? Path.GetFullPath(settings.Data) : settings.Data.Value);
        return Series.Open(settings.Data, settings.Column.OrNull());
    }

    static IEnumerable<string> Table(IReadOnlyList<Method> methods) =>
    [
        $"{"",-12} {"MAE",9} {"RMSE",9} {"MASE",7}",
        .. methods.Select(method => Invariant($"{method.Name,-12} {method.Errors.MeanAbsolute,9:G4} ") +
            Invariant($"{method.Errors.RootMeanSquared,9:G4} {method.Errors.MeanAbsoluteScaled,7:0.000}")),
    ];

    /// <summary>The end of the series with the forecasts of the model and of the baseline, and what comes next.</summary>
    void Draw(ChapterPage page, ForecastComparison comparison)
    {
        var (model, baseline, next) = (comparison.Methods[0], comparison.Baseline, comparison.Next);
        var count = Math.Min(model.Farthest.Length, MostDrawn);
        double[] Numbers(int start, int length) => [.. Enumerable.Range(start + 1, length).Select(number => (double)number)];
        var steps = Numbers(series.Values.Length - count, count);
        var plot = new Plot("value", series.Name).Line(steps, series.Values.AsSpan()[^count..], Ink.Muted, "series")
            .Line(steps, baseline.Farthest.AsSpan()[^count..], Ink.Orange, baseline.Name, dashed: true)
            .Line(steps, model.Farthest.AsSpan()[^count..], Ink.Blue, model.Name)
            .Points(Numbers(series.Values.Length, next.Length), next, Ink.Violet, "next");
        page.Plot(plot.Legend(), "The end of the series and its forecasts",
            Invariant($"The last {count:n0} values, all of the test part, and what was forecast of each ") +
                Invariant($"{(settings.Horizon == 1 ? "one step" : $"{settings.Horizon} steps")} before; after them what comes next."));
    }

    /// <summary>Windows and what follows them, of origins from <paramref name="start"/> on whose values are all before <paramref
    /// name="end"/>.</summary>
    Pipeline<LabelledBatch> Batches(int start, int end, ulong? seed)
    {
        var origins = Dataset.From(end - settings.Horizon - start + 1, i => (int)i + start);
        Pipeline<int> inOrder = seed is { } shuffled ? origins.Shuffle(shuffled) : origins;
        return inOrder.Batch(Batch, some => new LabelledBatch(
            Tensor.Concat(0, [.. some.Select(Window)]),
            Tensor.From([.. some.SelectMany(origin => series.Values[origin..(origin + settings.Horizon)])],
                [some.Count, settings.Horizon])));
    }

    Tensor Window(int origin) => Tensor.From(series.Values[(origin - settings.Window)..origin], [1, settings.Window]);
}
