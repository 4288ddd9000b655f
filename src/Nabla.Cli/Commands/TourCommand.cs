using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Nabla.Cli.Tour;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla tour</c>: the first chapters of the field on real data, with a report.</summary>
sealed class TourCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly Option<Chapter?> chapter = new("--chapter", "-c") { Description = $"Only this chapter: {Contents()}.", HelpName = "N", CustomParser = Named };
    readonly Option<string> output = new("--output", "-o") { Description = "The folder to write report.html into.", HelpName = "DIR", DefaultValueFactory = _ => "nabla-tour" };
    readonly Option<bool> json = new("--json") { Description = "Print only a summary, as JSON." };

    public TourCommand(Terminal terminal) : base(terminal, "tour", "Walk through the first chapters of deep learning, computed on real data; writes report.html.")
    {
        this.terminal = terminal;
        Add(chapter);
        Add(output);
        Add(json);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla tour", "all chapters, report in nabla-tour/"),
        ("nabla tour --chapter 4", "the chapter on metrics alone"),
        ("nabla tour --output ~/report --json", "the numbers as JSON, for scripts"),
    ];

    static string Contents() => string.Join(", ", TourGuide.Chapters.Select(known => $"{known.Number} {known.Title.ToLowerInvariant()}"));

    static Chapter? Named(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        var found = TourGuide.Chapters.FirstOrDefault(known => known.Number.ToString(CultureInfo.InvariantCulture) == text);
        if (found is null) argument.AddError($"There is no chapter {text}. Chapters: {Contents()}.");
        return found;
    }

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var chapters = parse.GetValue(chapter) is { } one ? [one] : TourGuide.Chapters;
        var folder = parse.GetValue(output)!;
        if (File.Exists(folder)) throw new UserException($"--output {folder} is a file; name a folder.");
        if (parse.GetValue(json))
        {
            var summary = TourGuide.Run(chapters, folder, null, cancellation);
            terminal.Json(summary, TourJson.Default.TourSummary);
            return summary.Holds ? ExitCodes.Success : ExitCodes.CheckFailed;
        }
        terminal.Line("[bold blue]∇[/] [bold]A tour of Nabla[/]");
        terminal.Line();
        var result = TourGuide.Run(chapters, folder, terminal, cancellation);
        terminal.Line(Invariant($"{(result.Holds ? "[green]Done[/]" : "[red]Done, but a check failed[/]")} in {result.Seconds:0.0} s. The report, with all plots, for your browser:"));
        terminal.PlainLine($"  {result.Report}");
        return result.Holds ? ExitCodes.Success : ExitCodes.CheckFailed;
    }
}
