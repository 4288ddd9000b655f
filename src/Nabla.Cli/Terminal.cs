using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>
/// Where a command writes: results to <see cref="Out"/>, what goes wrong to <see cref="Error"/>. Colours and moving progress only where a person watches.
/// </summary>
sealed class Terminal
{
    /// <summary>Wide enough that nothing a program reads is broken over lines.</summary>
    const int PlainWidth = 200;

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    readonly TextWriter output;

    public Terminal(TextWriter output, TextWriter error, bool rich = false, bool richError = false)
    {
        this.output = output;
        (Out, Error, IsRich) = (Open(output, rich), Open(error, richError), rich);
    }

    public IAnsiConsole Out { get; }

    public IAnsiConsole Error { get; }

    /// <summary>Whether a person watches: colours and moving progress are welcome.</summary>
    public bool IsRich { get; }

    /// <summary>The process's own streams: plain where they are redirected, or where NO_COLOR (no-color.org) or TERM=dumb ask for it.</summary>
    public static Terminal OfProcess()
    {
        var wanted = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new(Console.Out, Console.Error, wanted && !Console.IsOutputRedirected, wanted && !Console.IsErrorRedirected);
    }

    /// <summary>One line in markup: <c>[bold]…[/]</c>.</summary>
    public void Line(string markup = "") => Out.MarkupLine(markup);

    /// <summary>One line as it is, never broken.</summary>
    public void PlainLine(string text) => output.WriteLine(text);

    /// <summary>One line in markup, never broken where no person watches.</summary>
    public void WholeLine(string markup)
    {
        if (IsRich) Line(markup);
        else PlainLine(Markup.Remove(markup));
    }

    /// <summary>A value as indented JSON, alone on the output.</summary>
    public void Json<T>(T value, JsonTypeInfo<T> type) => output.WriteLine(JsonSerializer.Serialize(value, type));

    /// <summary>Indented JSON, alone on the output.</summary>
    public void Json(JsonNode value) => output.WriteLine(value.ToJsonString(Indented));

    /// <summary>One line about what went wrong.</summary>
    public void Problem(string message)
    {
        Error.Markup("[red]nabla:[/] ");
        Error.Profile.Out.Writer.WriteLine(message);
    }

    static IAnsiConsole Open(TextWriter writer, bool rich)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = rich ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = rich ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = rich ? InteractionSupport.Yes : InteractionSupport.No,
        });
        if (!rich) console.Profile.Width = PlainWidth;
        return console;
    }
}
