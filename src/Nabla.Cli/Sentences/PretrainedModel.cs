using System.CommandLine;
using Nabla.Hub;
using Nabla.Models;
using Nabla.Training;

namespace Nabla.Cli.Sentences;

/// <summary>
/// The pretrained model that a command works with: a folder, a run that trained one, the one that travels with nabla
/// (<see cref="BuiltInModel"/>), or a name on the Hugging Face Hub.
/// </summary>
static class PretrainedModel
{
    /// <summary>The folder of a run that holds its model in Hugging Face's layout.</summary>
    const string FolderOfRun = "model";

    public static Option<string?> Option(string description) =>
        new("--model", "-m") { Description = description, HelpName = "FOLDER|ORG/NAME" };

    /// <summary>The folder of a model; what is not there is downloaded.</summary>
    public static string Folder(string? model, Terminal terminal, CancellationToken cancellation) =>
        model is null ? throw new UserException("Name a model: --model FOLDER, or --model ORG/NAME of the Hugging Face Hub, such as " +
                "sentence-transformers/all-MiniLM-L6-v2.")
        : Folder(model, cancellation);

    /// <summary>The folder of a model; what is not there is downloaded.</summary>
    public static string Folder(string model, CancellationToken cancellation = default)
    {
        if (model == BuiltInModel.Name && !Directory.Exists(model)) return BuiltInModel.Folder;
        var folder = ModelFolder.ResolveAsync(model, cancellation: cancellation).GetAwaiter().GetResult();
        return RunFolder.Exists(folder) && IsModel(InRun(folder)) ? InRun(folder) : folder;
    }

    /// <summary>Where a run keeps its model in Hugging Face's layout.</summary>
    public static string InRun(string run) => Path.Combine(run, FolderOfRun);

    /// <summary>Whether a folder holds a model in Hugging Face's layout.</summary>
    public static bool IsModel(string folder) => File.Exists(Path.Combine(folder, BertConfiguration.FileName));
}
