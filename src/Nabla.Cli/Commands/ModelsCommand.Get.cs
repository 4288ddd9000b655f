using System.CommandLine;
using Nabla.Data;
using Nabla.Hub;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla models get ORG/NAME[@REVISION]</c></summary>
sealed class ModelsGetCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly Argument<string> name = new("ORG/NAME[@REVISION]")
    {
        Description = "The model: its main branch, or the branch, tag or commit after the @.",
    };
    readonly Option<string[]> include = new("--include")
    {
        Description = "The files, instead of those that a model needs; * is any text, ? one character.",
        HelpName = "PATTERN",
        AllowMultipleArgumentsPerToken = true,
    };
    readonly Option<bool> json = new("--json") { Description = "Print name, commit and folder as JSON." };

    public ModelsGetCommand(Terminal terminal) : base(terminal, "get",
        "Download a model of the Hugging Face Hub into the cache, checked by its hashes; a broken download goes on where it ended.")
    {
        this.terminal = terminal;
        Add(name);
        Add(include);
        Add(json);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla models get sentence-transformers/all-MiniLM-L6-v2", "what the model needs, into the cache"),
        ("nabla models get google-bert/bert-base-uncased@main --include \"*.json\" vocab.txt", "these files alone"),
        ("HF_TOKEN=hf_… nabla models get meta-llama/Llama-3.2-1B", "a gated model, after its licence was accepted on its page"),
        ("HF_ENDPOINT=https://hub.example.org nabla models get ORG/NAME", "from a mirror"),
    ];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var model = Parse(parse.GetValue(name)!);
        var patterns = parse.GetValue(include) is { Length: > 0 } some ? some : null;
        var (hub, isJson) = (new ModelHub(), parse.GetValue(json));
        var folder = terminal.IsRich && !isJson ? Watched(Download) : Download(null);
        var downloaded = new DownloadedModel(model.Repository, model.Revision, Path.GetFileName(folder), folder);
        if (isJson) terminal.Json(downloaded, ModelsJson.Default.DownloadedModel);
        else terminal.PlainLine($"{model} is here: {folder}");
        return ExitCodes.Success;

        string Download(IProgress<DownloadProgress>? progress) =>
            hub.DownloadAsync(model, patterns, progress, cancellation).GetAwaiter().GetResult();
    }

    static ModelReference Parse(string text)
    {
        try
        {
            return ModelReference.Parse(text);
        }
        catch (FormatException error)
        {
            throw new UserException(error.Message);
        }
    }

    string Watched(Func<IProgress<DownloadProgress>, string> download) => terminal.Out.Progress()
        .Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new DownloadedColumn(),
            new TransferSpeedColumn(), new RemainingTimeColumn())
        .Start(context => download(new Bars(context)));

    /// <summary>A bar for each file that is being downloaded, from the first report of it on.</summary>
    sealed class Bars(ProgressContext context) : IProgress<DownloadProgress>
    {
        readonly Lock gate = new();
        readonly Dictionary<string, ProgressTask> tasks = [];

        public void Report(DownloadProgress value)
        {
            lock (gate)
            {
                if (!tasks.TryGetValue(value.File, out var task))
                    tasks[value.File] = task = context.AddTask(Markup.Escape(value.File), maxValue: value.Total);
                task.Value = value.Done;
            }
        }
    }
}
