using System.Text.Json;
using Nabla.Training;

namespace Nabla.Cli.Tasks.Sweeps;

/// <summary>Trainings that differ in some settings, each in a run folder of its own named by its number. Those that are complete are not
/// run again.</summary>
/// <param name="task">What is trained.</param>
/// <param name="given">The settings of all trials.</param>
/// <param name="folder">The folder of the run folders.</param>
/// <param name="combinations">The settings of each trial, by the option's name.</param>
sealed class Sweep(ITrainingTask task, TaskSettings given, string folder, IReadOnlyList<IReadOnlyDictionary<string, string>> combinations)
{
    readonly List<Trial> trials = [];

    /// <summary>Which metric of the validation data decides.</summary>
    public Goal Goal { get; private set; } = new("loss");

    /// <summary>Those that are complete, the best first.</summary>
    public IReadOnlyList<Trial> Trials => Trial.Ranked(trials, Goal);

    /// <summary>All combinations of the values, or as many drawn at random.</summary>
    /// <param name="task">What is trained.</param>
    /// <param name="vary"><c>name=value,value</c>, or <c>name=low..high</c> to draw from.</param>
    /// <param name="count">How many to draw; null: all combinations.</param>
    /// <param name="seed">Chooses what is drawn.</param>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Combinations(ITrainingTask task, string[] vary, int? count, ulong seed)
    {
        var axes = vary.Select(text => SweepAxis.Parse(task, text)).ToArray();
        if (axes.Length == 0) throw new UserException("--vary is missing: a setting and its values, such as --vary lr=0.001,0.01.");
        if (axes.GroupBy(axis => axis.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new UserException($"--vary {twice.Key} is there twice. Join its values by commas.");
        if (count is { } draws)
        {
            var random = new Generator(seed);
            return [.. Enumerable.Range(0, draws).Select(_ => axes.ToDictionary(axis => axis.Name, axis => axis.Draw(random)))];
        }
        if (axes.FirstOrDefault(axis => axis.Values.Count == 0) is { } range)
            throw new UserException($"--vary {range.Name} is a range; say how many settings to draw: --trials N.");
        IEnumerable<Dictionary<string, string>> all = [[]];
        foreach (var axis in axes) all = all.SelectMany(setting =>
            axis.Values.Select(value => new Dictionary<string, string>(setting) { [axis.Name] = value }));
        return [.. all];
    }

    /// <summary>Runs a trial to its end, from where it stopped if it was begun before; null if it was cancelled.</summary>
    public Trial? Run(int number, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, Invariant($"trial-{number + 1:000}"));
        var wanted = task.NewSettings();
        wanted.TakeGiven(given);
        foreach (var (name, value) in combinations[number]) SweepAxis.Set(wanted, name, value);
        var training = task.Begin(wanted);
        Goal = training.Goal;
        var trial = Complete(number, path) ?? Train(number, path, training, cancellation);
        if (trial is not null) trials.Add(trial);
        return trial;
    }

    Trial? Train(int number, string path, ITraining training, CancellationToken cancellation)
    {
        var exists = RunFolder.Exists(path);
        var run = RunFolder.Open(path);
        if (exists && !HasSettings(run, training.Settings))
            throw new UserException($"{path} was begun with other settings. Name another folder for this sweep: --output DIR.");
        if (!exists) training.WriteFiles(run);
        run.WriteConfiguration(training.Settings.ToJson());
        Trial trial;
        try
        {
            var result = training.Train(new(run, exists, cancellation));
            if (result.End == TrainingEnd.Stopped) return null;
            trial = new(combinations[number], path, result.Best!.Chosen, result.Best.Epoch, Math.Round(result.Elapsed.TotalSeconds, 3),
                null);
        }
        catch (TrainingException obstacle) when (obstacle.Fault == TrainingFault.Diverged)
        {
            trial = new(combinations[number], path, null, 0, 0, Invariant($"diverged at step {obstacle.Step}"));
        }
        File.WriteAllText(ResultOf(path) + ".tmp", JsonSerializer.Serialize(trial, SweepJson.Default.Trial));
        File.Move(ResultOf(path) + ".tmp", ResultOf(path), overwrite: true);
        return trial;
    }

    bool HasSettings(RunFolder run, TaskSettings settings)
    {
        var saved = task.NewSettings();
        saved.Read(run);
        return saved.ToJson().ToJsonString() == settings.ToJson().ToJsonString();
    }

    /// <summary>The trial's result from before, if it is one of the same settings.</summary>
    Trial? Complete(int number, string path)
    {
        if (!File.Exists(ResultOf(path))) return null;
        var trial = JsonSerializer.Deserialize(File.ReadAllText(ResultOf(path)), SweepJson.Default.Trial)!;
        var same = trial.Settings.Count == combinations[number].Count
            && trial.Settings.All(setting => combinations[number].GetValueOrDefault(setting.Key) == setting.Value);
        return same ? trial
            : throw new UserException($"{path} was run with {trial.Described}. Name another folder for this sweep: --output DIR.");
    }

    static string ResultOf(string path) => Path.Combine(path, "result.json");
}
