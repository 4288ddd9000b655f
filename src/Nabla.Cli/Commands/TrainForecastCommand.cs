using System.CommandLine;
using Nabla.Cli.Forecasts;
using Nabla.Cli.Training;
using Nabla.Training;
using Spectre.Console;

using Nabla.Cli.Tasks;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla train forecast</c>: trains a recurrent network to foretell a series, and says whether that is worth it.</summary>
sealed class TrainForecastCommand : OlderTrainCommand
{
    /// <summary>The parts to learn from and to watch the training; the rest is foretold.</summary>
    const double TrainShare = 0.65, ValidationShare = 0.15;

    readonly Option<string?> data = OptionOf.Data("NAME|FILE", $"What to foretell: {Series.Kinds}.");
    readonly Option<string?> column = new("--column", "-c") { Description = "The column of a table, or the company of stocks (MSFT).", HelpName = "NAME" };
    readonly Option<int?> horizon = OptionOf.Count("--horizon", "N", "How many steps ahead (1).");
    readonly Option<int?> window = OptionOf.Count("--window", "N", "How many values the model sees (two seasons, or 24).");
    readonly Option<int?> season = OptionOf.Count("--season", "N", "After how many steps the series resembles itself.");
    readonly Option<string?> model = OptionOf.Model("rnn, lstm, gru (gru).", "rnn", "lstm", "gru");
    readonly Option<int?> hidden = OptionOf.Count("--hidden", "UNITS", "Units of the layer (32).");
    readonly Option<long?> steps = OptionOf.Count<long>("--steps", "N", "Steps of the training (600).");
    readonly Option<double?> rate = OptionOf.Positive("--lr", "RATE", "The highest learning rate (0.005).");
    readonly Option<ulong?> seed = OptionOf.Seed("the first values and the order");

    public TrainForecastCommand(Terminal terminal) : base(terminal, "forecast", "Train a recurrent network to foretell a series, beside forecasts that need no model.") => AddAll([data, column, horizon, window, season, model, hidden, steps, rate, seed]);

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train forecast --data sunspots", "the next year's sunspots"),
        ("nabla train forecast --data sunspots --horizon 5 --model lstm", "the next five years'"),
        ("nabla train forecast --data stocks --column AAPL", "and whether it beats the last value"),
        ("nabla train forecast --data sales.csv --column units --season 7", "a table of your own"),
    ];

    protected override int Train(ParseResult parse, CancellationToken cancellation)
    {
        var (asJson, goesOn) = (parse.GetValue(json), parse.GetValue(resume));
        var (configuration, series, run) = goesOn ? Resumed(parse) : Begun(parse);
        run.WriteConfiguration(configuration.ToJson());
        var (work, display) = (new ForecastRun(configuration, series, run), new TrainingDisplay(Terminal, null, "windows"));
        var assumptions = Say(configuration, series, work.Model().ParameterCount());
        if (!asJson) Terminal.Introduce($"{configuration.Model} on {series.Name}", assumptions, run, goesOn);
        using var notice = cancellation.Register(() => Terminal.Problem("stopping after this step …"));
        var result = asJson ? work.Train(goesOn, cancellation) : display.Show(() => work.Train(goesOn, cancellation, display));
        if (result.End == TrainingEnd.Stopped) return Stopped(result, run);
        var summary = work.Judge(result, assumptions);
        if (asJson) Terminal.Json(summary, ForecastSummaryJson.Default.ForecastSummary);
        else Conclude(result, summary, work.Model().Deviation.Value.Item());
        return ExitCodes.Success;
    }

    (ForecastConfiguration, Series, RunFolder) Begun(ParseResult parse)
    {
        var named = parse.GetValue(data) ?? throw new UserException($"--data is missing: {Series.Kinds}.");
        DemandFree(parse.GetValue(output));
        var series = Series.Open(named, parse.GetValue(column));
        var after = parse.GetValue(season) ?? series.Season;
        var (ahead, seen, kind) = (parse.GetValue(horizon) ?? 1, parse.GetValue(window) ?? Math.Max(2 * after ?? 24, 12), parse.GetValue(model) ?? "gru");
        int[] parts = [(int)(series.Values.Length * TrainShare), (int)(series.Values.Length * ValidationShare), 0];
        parts[2] = series.Values.Length - parts[0] - parts[1];
        if (parts[0] < seen + ahead + 10 || parts[1] < ahead || parts[2] < ahead || parts[0] < after)
            throw new UserException(Invariant($"{series.Name} has {series.Values.Length} values, {parts[0]} to learn from: too few for windows of {seen} and {ahead} ahead. Lower --window or --horizon, or give a longer series."));
        return (new ForecastConfiguration
        {
            Data = Path.Exists(named) ? Path.GetFullPath(named) : named, Column = parse.GetValue(column), Values = parts, Horizon = ahead, Window = seen, Season = after, Model = kind,
            Hidden = parse.GetValue(hidden) ?? 32, Steps = parse.GetValue(steps) ?? 600, LearningRate = parse.GetValue(rate) ?? 5e-3, Seed = parse.GetValue(seed) ?? 1,
        }, series, RunFolder.Open(parse.GetValue(output) ?? RunFolders.Free(series.Name, kind)));
    }

    /// <summary>A run's own choices: nothing but where the data lies may change, since the rate falls with the steps.</summary>
    (ForecastConfiguration, Series, RunFolder) Resumed(ParseResult parse)
    {
        var run = Existing(parse.GetValue(output));
        string[] changed = [.. new Option[] { column, horizon, window, season, model, hidden, steps, rate, seed }.Where(option => parse.GetResult(option) is { Implicit: false }).Select(option => option.Name)];
        DemandNone(changed, "--data");
        var was = ForecastConfiguration.Read(run);
        was = was with { Data = parse.GetValue(data) ?? was.Data };
        var series = Series.Open(was.Data, was.Column);
        if (series.Values.Length != was.Values.Sum())
            throw new UserException(Invariant($"{was.Data} has {series.Values.Length} values now, the run was begun with {was.Values.Sum()}. Bring the series back to what it was, or begin a new run."));
        return (was, series, run);
    }

    static List<(string Name, string Value)> Say(ForecastConfiguration c, Series series, long parameters) =>
    [
        ("series", Invariant($"{series.Description}: {series.Values.Length:n0} values")),
        ("split", Invariant($"the first {c.Values[0]} to learn from, the next {c.Values[1]} validation, the last {c.Values[2]} to foretell, from every origin in turn")),
        ("forecast", Invariant($"{c.Horizon} ahead from the {c.Window} before (--horizon, --window)")),
        ("compared", $"with the last value{(c.Season is { } after ? Invariant($" and the value of {after} steps before (--season)") : "; name a season to compare with that too (--season)")}"),
        ("model", Invariant($"{c.Model} of {c.Hidden} units, {parameters:n0} parameters (--model, --hidden)")),
        ("training", Invariant($"{c.Steps:n0} steps; adam, learning rate {c.LearningRate:G4} (cosine) (--steps, --lr)")),
    ];

    void Conclude(TrainingResult result, ForecastSummary summary, double deviation)
    {
        Terminal.Line();
        Terminal.PlainLine($"  {"",-12} {"MAE",9} {"RMSE",9} {"MASE",7}");
        foreach (var row in summary.Test) Terminal.PlainLine(Invariant($"  {row.Method,-12} {row.Mae,9:G4} {row.Rmse,9:G4} {row.Mase,7:0.000}"));
        Terminal.Line();
        Terminal.Line($"[green]Done[/] in {ImageRun.Time(result.Elapsed)}: {Markup.Escape(summary.Verdict)}");
        Terminal.PlainLine($"  Next, by the {summary.Best} forecast: {ForecastRun.Listed(summary.Next, deviation)}");
        Terminal.PlainLine($"  {summary.Report}");
    }
}
