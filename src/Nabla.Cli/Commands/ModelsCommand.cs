using System.CommandLine;
using System.Text.Json.Serialization;
using Nabla.Hub;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla models</c>: models of the Hugging Face Hub, and those in its cache on this machine.</summary>
sealed class ModelsCommand : Command
{
    public ModelsCommand(Terminal terminal) : base("models", "Download models of the Hugging Face Hub, and list those on this machine.")
    {
        Add(new ModelsGetCommand(terminal));
        Add(new ModelsListCommand(terminal));
    }
}

/// <summary><c>nabla models list</c></summary>
sealed class ModelsListCommand : NablaCommand
{
    readonly Terminal terminal;
    readonly Option<bool> json = new("--json") { Description = "Print the list as JSON." };

    public ModelsListCommand(Terminal terminal)
        : base(terminal, "list", "List the models in the cache, which huggingface_hub uses too, with revision, size and folder.")
    {
        this.terminal = terminal;
        Add(json);
    }

    public override IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla models list", "every model in the cache"),
        ("nabla models list --json", "the same for scripts"),
        ("HF_HUB_CACHE=/data/hub nabla models list", "of another cache"),
    ];

    protected override int Run(ParseResult parse, CancellationToken cancellation)
    {
        var hub = new ModelHub();
        var models = hub.List();
        if (parse.GetValue(json)) terminal.Json([.. models.Select(Listed)], ModelsJson.Default.ListedModelArray);
        else if (models.Count > 0) Print(models);
        else terminal.PlainLine($"There are no models in {hub.Options.CacheFolder}. To download one: nabla models get ORG/NAME");
        return ExitCodes.Success;
    }

    void Print(IReadOnlyList<CachedModel> models)
    {
        var (name, revision) = (models.Max(model => model.Repository.Length), models.Max(model => Revision(model).Length));
        foreach (var model in models)
        {
            var columns = $"{model.Repository.PadRight(name)}  {Revision(model).PadRight(revision)}  {DataCommand.Size(model.Bytes),9}";
            terminal.PlainLine($"{columns}  {model.Folder}");
        }
    }

    /// <summary>The branches and tags that point to a commit, or else the beginning of its name.</summary>
    static string Revision(CachedModel model) => model.Revisions.Count > 0 ? string.Join(',', model.Revisions) : model.Commit[..8];

    static ListedModel Listed(CachedModel model) => new(model.Repository, [.. model.Revisions], model.Commit, model.Bytes, model.Folder);
}

/// <summary>A model as <c>nabla models list --json</c> prints it.</summary>
sealed record ListedModel(string Name, string[] Revisions, string Commit, long Bytes, string Folder);

/// <summary>A model as <c>nabla models get --json</c> prints it.</summary>
sealed record DownloadedModel(string Name, string Revision, string Commit, string Folder);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ListedModel[]))]
[JsonSerializable(typeof(DownloadedModel))]
sealed partial class ModelsJson : JsonSerializerContext;
