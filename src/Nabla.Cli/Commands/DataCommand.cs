using System.CommandLine;
using System.Text.Json.Serialization;
using Nabla.Cli.Datasets;
using Nabla.Data;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla data</c>: the datasets that are known, where they are, and what they look like.</summary>
sealed class DataCommand : Command
{
    public DataCommand(Terminal terminal) : base("data", "List, download and show the datasets that Nabla knows.")
    {
        Add(new DataListCommand(terminal));
        Add(new DataGetCommand(terminal));
        Add(new DataShowCommand(terminal));
    }

    /// <summary>Bytes as people read them.</summary>
    internal static string Size(long bytes) => bytes < 1 << 20 ? Invariant($"{Math.Max(1, bytes / 1024.0):0} KB")
        : Invariant($"{bytes / (double)(1 << 20):0.0} MB");
}

/// <summary><c>nabla data list</c></summary>
sealed class DataListCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly Option<bool> json = new("--json") { Description = "Print the list as JSON." };

    public DataListCommand(Terminal terminal) : base(terminal, "list", "List the datasets and where they are on this machine.")
    {
        this.terminal = terminal;
        Add(json);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples => [("nabla data list", "every dataset"), ("nabla data list --json", "the same for scripts")];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        if (parse.GetValue(json))
        {
            terminal.Json([.. Collection.All.Select(one => new ListedDataset(one.Name, one.Title, one.About, one.Licence, one.Homepage, one.Known?.Files.Sum(file => file.Bytes), one.Known is null, one.Known is null ? null : one.Place))],
                DataJson.Default.ListedDatasetArray);
            return ExitCodes.Success;
        }
        foreach (var one in Collection.All)
        {
            terminal.Line($"{(one.Place is null ? "[yellow]–[/]" : "[green]✓[/]")} [bold]{one.Name,-14}[/] {Markup.Escape(one.About)}");
            terminal.PlainLine($"  {"",-14} {one.Licence} · {one.Homepage}");
            terminal.PlainLine($"  {"",-14} {one.Place ?? $"not here: nabla data get {one.Name} ({DataCommand.Size(one.Known!.Files.Sum(file => file.Bytes))})"}");
        }
        return ExitCodes.Success;
    }
}

/// <summary><c>nabla data get NAME</c></summary>
sealed class DataGetCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly Argument<string> name = new("NAME") { Description = "The dataset, as `nabla data list` calls it." };

    public DataGetCommand(Terminal terminal) : base(terminal, "get", "Download a dataset into the cache, checked by SHA-256; a broken download goes on where it ended.")
    {
        this.terminal = terminal;
        Add(name);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
        [("nabla data get fashion-mnist", "into the cache"), ("NABLA_DATA=~/data nabla data get mnist", "into ~/data/mnist")];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var one = Collection.Find(parse.GetValue(name)!);
        if (one.Known is not { } known || one.Place is not null)
        {
            terminal.PlainLine($"{one.Title} is here: {one.Place}");
            return ExitCodes.Success;
        }
        var folder = terminal.IsRich ? Watched(known, cancellation) : known.DownloadAsync(null, cancellation).GetAwaiter().GetResult();
        terminal.PlainLine($"{one.Title} is here: {folder}");
        return ExitCodes.Success;
    }

    string Watched(KnownDataset known, CancellationToken cancellation) => terminal.Out.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
        .Start(context =>
        {
            var tasks = known.Files.ToDictionary(file => file.Name, file => context.AddTask(file.Name, maxValue: file.Bytes));
            return known.DownloadAsync(new Shown(tasks), cancellation).GetAwaiter().GetResult();
        });

    sealed class Shown(Dictionary<string, ProgressTask> tasks) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => tasks[value.File].Value = value.Done;
    }
}

/// <summary>A dataset as <c>nabla data list --json</c> prints it.</summary>
sealed record ListedDataset(string Name, string Title, string About, string Licence, string Homepage, long? Bytes, bool Embedded, string? Folder);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ListedDataset[]))]
sealed partial class DataJson : JsonSerializerContext;
