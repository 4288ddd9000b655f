using System.Text.Json;
using System.Text.Json.Serialization;
using Nabla.Training;

namespace Nabla.Cli.Training;

/// <summary>One setting tried.</summary>
/// <param name="Settings">What differs from the other trials, by the option's name.</param>
/// <param name="Run">Its folder.</param>
/// <param name="Validation">The metrics of its best evaluation; null: it failed.</param>
/// <param name="Epoch">The epoch of that evaluation.</param>
/// <param name="Seconds">The time it took.</param>
/// <param name="Failure">Why there are no metrics.</param>
sealed record Trial(IReadOnlyDictionary<string, string> Settings, string Run, IReadOnlyDictionary<string, double>? Validation, int Epoch, double Seconds, string? Failure)
{
    [JsonIgnore]
    public string Described => string.Join("   ", Settings.Select(setting => $"{setting.Key} {setting.Value}"));

    [JsonIgnore]
    public string Outcome => Validation is null ? Failure! : Invariant($"validation right {Validation["accuracy"]:0.00%} after epoch {Epoch}");
}

/// <summary>Trainings that differ in some settings, each in a run folder of its own named by its number; those that are done are not run again.</summary>
sealed class Sweep(ImageRequest request, string folder, IReadOnlyList<IReadOnlyDictionary<string, string>> settings)
{
    readonly List<Trial> trials = [];

    /// <summary>Those done so far, the best first; those that failed last.</summary>
    public IReadOnlyList<Trial> Trials => [.. trials.OrderByDescending(trial => trial.Validation?["accuracy"] ?? double.NegativeInfinity).ThenBy(trial => trial.Validation?["loss"] ?? 0)];

    /// <summary>All combinations of the values, or as many drawn at random.</summary>
    /// <param name="vary"><c>name=value,value</c>, or <c>name=low..high</c> to draw from.</param>
    /// <param name="count">How many to draw; null: all combinations.</param>
    /// <param name="seed">Chooses what is drawn.</param>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Settings(string[] vary, int? count, ulong seed)
    {
        var axes = vary.Select(SweepAxis.Parse).ToArray();
        if (axes.Length == 0) throw new UserException("--vary is missing: a setting and its values, such as --vary lr=0.001,0.01.");
        if (axes.GroupBy(axis => axis.Name).FirstOrDefault(same => same.Count() > 1) is { } twice) throw new UserException($"--vary {twice.Key} is there twice. Join its values by commas.");
        if (count is { } draws)
        {
            if (draws < 1) throw new UserException($"--trials {draws}: at least 1 is needed.");
            var random = new Generator(seed);
            return [.. Enumerable.Range(0, draws).Select(_ => axes.ToDictionary(axis => axis.Name, axis => axis.Draw(random)))];
        }
        if (axes.FirstOrDefault(axis => axis.Values.Count == 0) is { } range) throw new UserException($"--vary {range.Name} is a range; say how many settings to draw: --trials N.");
        IEnumerable<Dictionary<string, string>> all = [[]];
        foreach (var axis in axes) all = all.SelectMany(setting => axis.Values.Select(value => new Dictionary<string, string>(setting) { [axis.Name] = value }));
        return [.. all];
    }

    /// <summary>Runs a trial to its end, from where it stopped if it was begun before; null if it was asked to stop.</summary>
    public Trial? Run(int number, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, Invariant($"trial-{number + 1:000}"));
        var wanted = settings[number].Aggregate(request, (changed, setting) => SweepAxis.Set(changed, setting.Key, setting.Value));
        var trial = Finished(number, path) ?? Train(number, path, wanted, cancellation);
        if (trial is not null) trials.Add(trial);
        return trial;
    }

    Trial? Train(int number, string path, ImageRequest wanted, CancellationToken cancellation)
    {
        var exists = RunFolder.Exists(path);
        var run = RunFolder.Open(path);
        var plan = ImagePlan.Make(wanted);
        if (exists && run.ReadConfiguration().ToJsonString() != plan.Configuration.ToJson().ToJsonString())
            throw new UserException($"{path} was begun with other settings. Name another folder for this sweep: --output DIR.");
        run.WriteConfiguration(plan.Configuration.ToJson());
        Trial trial;
        try
        {
            var result = new ImageRun(plan, run).Train(exists, cancellation);
            if (result.End == TrainingEnd.Stopped) return null;
            trial = new(settings[number], path, result.Best!.Chosen, result.Best.Epoch, Math.Round(result.Elapsed.TotalSeconds, 3), null);
        }
        catch (TrainingException obstacle) when (obstacle.Fault == TrainingFault.Diverged)
        {
            trial = new(settings[number], path, null, 0, 0, Invariant($"fell apart at step {obstacle.Step}"));
        }
        File.WriteAllText(ResultOf(path) + ".tmp", JsonSerializer.Serialize(trial, SweepJson.Default.Trial));
        File.Move(ResultOf(path) + ".tmp", ResultOf(path), overwrite: true);
        return trial;
    }

    /// <summary>The trial's result from before, if it is one of the same settings.</summary>
    Trial? Finished(int number, string path)
    {
        if (!File.Exists(ResultOf(path))) return null;
        var trial = JsonSerializer.Deserialize(File.ReadAllText(ResultOf(path)), SweepJson.Default.Trial)!;
        return trial.Settings.Count == settings[number].Count && trial.Settings.All(setting => settings[number].TryGetValue(setting.Key, out var value) && value == setting.Value) ? trial
            : throw new UserException($"{path} was run with {trial.Described}. Name another folder for this sweep: --output DIR.");
    }

    static string ResultOf(string path) => Path.Combine(path, "result.json");
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(Trial))]
[JsonSerializable(typeof(List<Trial>))]
sealed partial class SweepJson : JsonSerializerContext;
