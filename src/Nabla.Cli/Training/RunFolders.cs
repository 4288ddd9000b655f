using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Training;

/// <summary>What the commands that train do alike with a run's folder.</summary>
static class RunFolders
{
    /// <summary>A folder for a new run that is not there yet.</summary>
    public static string Free(string data, string model)
    {
        var name = Path.Combine("nabla-runs", $"{data}-{model}");
        if (!Path.Exists(name)) return name;
        for (var i = 2; ; i++)
            if (!Path.Exists($"{name}-{i}")) return $"{name}-{i}";
    }

    /// <summary>The name of an assumption that the user should know to be doubtful.</summary>
    public const string Warning = "warning";

    /// <summary>Says what is going to be done, and what was assumed.</summary>
    public static void Introduce(this Terminal terminal, string what, IEnumerable<(string Name, string Value)> assumptions, RunFolder run, bool goesOn)
    {
        terminal.Line($"[bold blue]∇[/] [bold]{Markup.Escape(what)}[/]{(goesOn ? ", resumed" : "")}");
        foreach (var (name, value) in assumptions) terminal.Line($"  [{(name == Warning ? "yellow" : "grey")}]{name,-10}[/] {Markup.Escape(value)}");
        terminal.Line($"  [grey]{"run",-10}[/] {Markup.Escape(run.Folder)} (--output)");
        terminal.Line();
    }

    /// <summary>Says on the error stream what is doubtful of that, where only a summary is printed.</summary>
    public static void Warn(this Terminal terminal, IEnumerable<(string Name, string Value)> assumptions)
    {
        foreach (var (_, value) in assumptions.Where(assumption => assumption.Name == Warning)) terminal.Problem($"{Warning}: {value}");
    }
}
