using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Tasks;

/// <summary>What is said before a training.</summary>
static class RunIntroduction
{
    /// <summary>The name of a choice that the user should know to be doubtful.</summary>
    public const string Warning = "warning";

    /// <summary>A folder for a new run that does not exist yet.</summary>
    public static string NewFolder(string data, string model)
    {
        var name = Path.Combine("nabla-runs", $"{data}-{model}");
        if (!Path.Exists(name)) return name;
        for (var i = 2; ; i++)
            if (!Path.Exists($"{name}-{i}")) return $"{name}-{i}";
    }

    /// <summary>Says what will be trained and what was chosen.</summary>
    public static void Introduce(this Terminal terminal, ITraining training, RunFolder run, bool resumed)
    {
        var title = Markup.Escape($"{training.ModelName} on {training.DataName}");
        terminal.Line($"[bold blue]∇[/] [bold]{title}[/]{(resumed ? ", resumed" : "")}");
        foreach (var (name, value) in training.Choices)
            terminal.Line($"  [{(name == Warning ? "yellow" : "grey")}]{name,-10}[/] {Markup.Escape(value)}");
        terminal.Line($"  [grey]{"run",-10}[/] {Markup.Escape(run.Folder)} (--output)");
        terminal.Line();
    }

    /// <summary>Says on the error stream what is doubtful, where only a summary is printed.</summary>
    public static void Warn(this Terminal terminal, ITraining training)
    {
        foreach (var (_, value) in training.Choices.Where(choice => choice.Name == Warning)) terminal.Problem($"{Warning}: {value}");
    }
}
