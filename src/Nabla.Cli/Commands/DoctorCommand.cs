using System.CommandLine;
using Nabla.Cli.Doctor;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla doctor</c>: what this machine offers, what is missing and how to get it.</summary>
sealed class DoctorCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly Option<bool> json = new("--json") { Description = "Print the findings as JSON." };

    public DoctorCommand(Terminal terminal) : base(terminal, "doctor", "Show what this machine offers: processor, memory, GPU libraries, and how to get what is missing.")
    {
        this.terminal = terminal;
        Add(json);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla doctor", "a page to read"),
        ("nabla doctor --json", "the same for scripts and bug reports"),
    ];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var found = CheckUp.Make();
        if (parse.GetValue(json)) terminal.Json(found, CheckUpJson.Default.CheckUp);
        else Print(found);
        return ExitCodes.Success;
    }

    void Print(CheckUp found)
    {
        terminal.Line("[bold]This machine[/]");
        Fact("Nabla", $"{found.Nabla} on .NET {found.DotNet}");
        Fact("System", found.System);
        Fact("Processor", $"{found.Processor} ({found.Architecture})");
        Fact("Vectors", found.Vectors);
        Fact("Instructions", found.InstructionSets.Count > 0 ? string.Join(", ", found.InstructionSets) : "none that .NET uses");
        Fact("Threads", $"{found.Threads} of {found.Cores} processors");
        Fact("Memory", $"{Gigabytes(found.MemoryBytes)}; tensors may take {Gigabytes(found.PoolBudgetBytes)} of it");
        terminal.Line();
        terminal.Line("[bold]For work on an NVIDIA GPU[/]");
        foreach (var library in found.GpuLibraries)
        {
            var mark = library.Path is null ? "[yellow]–[/]" : "[green]✓[/]";
            terminal.Line($"  {mark} [bold]{library.Name,-12}[/] {Markup.Escape(library.Purpose)}");
            terminal.PlainLine($"    {"",-12} {library.Path ?? $"missing: {library.Remedy}"}");
        }
        terminal.Line();
        terminal.PlainLine("  Nabla computes on the processor, with or without these; this version has no GPU backend yet.");
    }

    void Fact(string name, string value) => terminal.Line($"  [grey]{name,-12}[/] {Markup.Escape(value)}");

    static string Gigabytes(long bytes) => Invariant($"{bytes / (double)(1L << 30):0.0} GiB");
}
