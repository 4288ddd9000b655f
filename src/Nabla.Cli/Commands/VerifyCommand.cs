using System.CommandLine;
using Nabla.Cli.Verify;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla verify</c>: runs cases of reference values and says how far off Nabla is.</summary>
sealed class VerifyCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly Argument<string> folder = new("FOLDER") { Description = "A folder of reference values: GROUP.json and GROUP.safetensors for each group." };
    readonly Option<string?> group = new("--group", "-g") { Description = "Only this group.", HelpName = "NAME" };
    readonly Option<string> device = new("--device") { Description = "Where to compute.", HelpName = "cpu", DefaultValueFactory = _ => "cpu" };
    readonly Option<string?> model = new("--model", "-m") { Description = "The checkpoint's folder, for values of a real one (group minilm).", HelpName = "FOLDER" };
    readonly Option<string?> data = new("--data", "-d") { Description = "A folder with stsb/ and sick/, for results on data (group minilm).", HelpName = "FOLDER" };
    readonly Option<bool> json = new("--json") { Description = "Print only the results, as JSON." };

    public VerifyCommand(Terminal terminal) : base(terminal, "verify", "Run cases of reference values and compare: |actual − expected| ≤ 1e-4 · max(1, max|expected|).")
    {
        this.terminal = terminal;
        group.AcceptOnlyFromAmong([.. Verifier.Groups]);
        device.AcceptOnlyFromAmong("cpu");
        Add(folder);
        Add(group);
        Add(device);
        Add(model);
        Add(data);
        Add(json);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla verify tests/reference", "every group of the folder"),
        ("nabla verify tests/reference --group ops", "the operations and their gradients"),
        ("nabla verify minilm --model all-MiniLM-L6-v2", "a real checkpoint"),
        ("nabla verify tests/reference --json", "each case's error as JSON, for scripts"),
    ];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var where = parse.GetValue(folder)!;
        var groups = GroupsOf(where, parse.GetValue(group));
        var asJson = parse.GetValue(json);
        var results = new List<VerifyResult>();
        foreach (var name in groups)
        {
            var some = RunGroup(name, name == MiniLmCases.Group ? MiniLmCases.Run(where, parse.GetValue(model), parse.GetValue(data)) : Verifier.Run(where, name), cancellation);
            results.AddRange(some);
            if (!asJson) Print(name, some);
        }
        var passed = results.Count(result => result.Passed);
        if (asJson) terminal.Json(new VerifySummary(passed, results.Count - passed, results), VerifyJson.Default.VerifySummary);
        else
        {
            PrintFailures(results);
            terminal.PlainLine(Invariant($"{passed} passed, {results.Count - passed} failed"));
        }
        return passed == results.Count ? ExitCodes.Success : ExitCodes.CheckFailed;
    }

    static IReadOnlyList<string> GroupsOf(string folder, string? only)
    {
        try
        {
            var groups = Verifier.GroupsOf(folder);
            if (only is null) return groups;
            return groups.Contains(only) ? [only] : throw new UserException($"{folder} has no {only}.json. It holds: {string.Join(", ", groups)}.");
        }
        catch (VerifyException problem)
        {
            throw new UserException(problem.Message);
        }
    }

    /// <summary>A group whose files cannot be read is one failure; the other groups still run.</summary>
    static List<VerifyResult> RunGroup(string group, IEnumerable<VerifyResult> cases, CancellationToken cancellation)
    {
        var results = new List<VerifyResult>();
        try
        {
            foreach (var result in cases)
            {
                results.Add(result);
                cancellation.ThrowIfCancellationRequested();
            }
        }
        catch (VerifyException problem)
        {
            results.Add(new(group, $"{group}.json", false, null, true, problem.Message));
        }
        return results;
    }

    void Print(string group, List<VerifyResult> results)
    {
        var (passed, worst) = (results.Count(result => result.Passed), results.Where(result => result.Error is not null).MaxBy(result => result.Error));
        var error = worst is null ? "" : Invariant($"   worst error {worst.Error:0.0e+0} in {OneLine(worst.Case)}");
        terminal.Line($"{(passed == results.Count ? "[green]✓[/]" : "[red]✗[/]")} [bold]{group,-10}[/] {passed,4} of {results.Count,4}{Markup.Escape(error)}");
    }

    void PrintFailures(List<VerifyResult> results)
    {
        var failures = results.Where(result => result is { Passed: false, Built: true }).ToList();
        var missing = results.Where(result => !result.Built).ToList();
        terminal.Line();
        foreach (var failure in failures) terminal.PlainLine(OneLine($"FAILED {failure.Group}/{failure.Case}: {failure.Message}"));
        if (failures.Count > 0) terminal.Line();
        if (missing.Count == 0) return;
        terminal.Line("[yellow]Not built yet, counted as failed:[/]");
        foreach (var kind in missing.GroupBy(result => (result.Group, result.Message)))
            terminal.PlainLine("  " + OneLine($"{kind.Key.Group}: {kind.Key.Message} ({Listed([.. kind.Select(result => result.Case)])})"));
        terminal.Line();
    }

    static string Listed(string[] cases) => cases.Length <= 4 ? string.Join(", ", cases) : $"{string.Join(", ", cases[..3])} and {cases.Length - 3} more";

    /// <summary>What comes from a file must not break out of its line or colour the terminal.</summary>
    static string OneLine(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
