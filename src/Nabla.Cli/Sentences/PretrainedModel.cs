using System.CommandLine;
using Nabla.Checkpoints;
using Nabla.Hub;
using Nabla.Models;

namespace Nabla.Cli.Sentences;

/// <summary>The pretrained model that a command works with: a folder, or a name on the Hugging Face Hub.</summary>
static class PretrainedModel
{
    public static Option<string?> Option(string description) => new("--model", "-m") { Description = description, HelpName = "FOLDER|ORG/NAME" };

    /// <summary>The folder of a model; what is not there is downloaded.</summary>
    public static string Folder(string? model, Terminal terminal, CancellationToken cancellation) =>
        model is null ? throw new UserException("Name a model: --model FOLDER, or --model ORG/NAME of the Hugging Face Hub, such as sentence-transformers/all-MiniLM-L6-v2.")
        : ModelFolder.ResolveAsync(model, cancellation: cancellation).GetAwaiter().GetResult();
}
