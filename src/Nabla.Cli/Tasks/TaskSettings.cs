using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Training;

namespace Nabla.Cli.Tasks;

/// <summary>The settings of a training: the options of <c>nabla train TASK</c> and the run's configuration.json. Those of all tasks are
/// declared here, the others by each task.</summary>
/// <param name="task">The task's name.</param>
/// <param name="all">Where they are declared.</param>
abstract class TaskSettings(string task, SettingList all)
{
    public Setting<double> Average { get; } = all.Fraction("--average", "average")
        .Help("DECAY", "Keeps a moving average of the parameters, such as 0.999, and evaluates that").Optional().InSweep();

    public Setting<int> Patience { get; } = all.Count("--patience", "patience")
        .Help("N", "Stops after N evaluations without improvement").Optional().OnResume();

    public Setting<ulong> Seed { get; } = all.Seed("--seed", "seed")
        .Help("N", "Seed of the initialisation, the order of the data and all else that is random").Default(1).InSweep();

    public Setting<int> SaveEvery { get; } = all.Count("--save-every", "saveEvery")
        .Help("STEPS", "Steps between two saved states: the most that a crash loses").Default(100).OnResume();

    public Setting<bool> TensorBoard { get; } = all.Flag("--tensorboard", "tensorBoard")
        .Help(null, "Write the curves for TensorBoard too").OnResume();

    /// <summary>The name of the task: text.</summary>
    public string Task => task;

    public SettingList All => all;

    public IEnumerable<Option> Options => all.Select(setting => setting.Option).OfType<Option>();

    /// <summary>Takes the options that were given.</summary>
    public void Read(ParseResult parse)
    {
        foreach (var setting in all) setting.Read(parse);
    }

    /// <summary>Takes the values of a run.</summary>
    /// <exception cref="UserException">The run is of another task, or a value is missing or of another type.</exception>
    public void Read(RunFolder run)
    {
        var json = run.ReadConfiguration();
        if (json["task"]?.ToString() != task) throw new UserException($"{run.Configuration} is not of a run of the task {task}.");
        foreach (var setting in all) Read(setting, json[setting.JsonName], run.Configuration);
    }

    /// <summary>Takes the values that were given in other settings of the same task.</summary>
    public void TakeGiven(TaskSettings other)
    {
        foreach (var (own, given) in all.Zip(other.All).Where(pair => pair.Second.IsGiven)) own.CopyFrom(given);
    }

    /// <summary>What configuration.json says.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["task"] = task };
        foreach (var setting in all.Where(setting => setting.HasValue)) json[setting.JsonName] = setting.ToJson();
        return json;
    }

    /// <summary>Throws if one of some settings was given that the model does not have.</summary>
    public static void RequireNotGiven(string reason, params ReadOnlySpan<Setting> settings)
    {
        foreach (var setting in settings)
            if (setting.IsGiven) throw new UserException($"{setting.Option!.Name}: {reason}. Leave it out.");
    }

    static void Read(Setting setting, JsonNode? value, string file)
    {
        if (value is null && !setting.HasValue && !setting.IsOptional)
            throw new UserException($"{file} cannot be read: \"{setting.JsonName}\" is missing.");
        if (value is null) return;
        try
        {
            setting.ReadJson(value);
        }
        catch (JsonException error)
        {
            throw new UserException($"{file} cannot be read: \"{setting.JsonName}\": {error.Message}");
        }
    }
}
