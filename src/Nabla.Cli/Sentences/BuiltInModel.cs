using System.IO.Compression;
using Nabla.Cli.Datasets;

namespace Nabla.Cli.Sentences;

/// <summary>
/// The pretrained BERT that travels with nabla, which every <c>--model</c> takes by its name: 4 layers × 256, a vocabulary of 8,000 tokens
/// in lower case. How it was trained: docs/training.md.
/// </summary>
static class BuiltInModel
{
    public const string Name = "nabla-bert-mini";

    static readonly Lazy<string> Unpacked = new(Unpack);

    /// <summary>A folder in Hugging Face's layout, which lasts as long as the program runs.</summary>
    public static string Folder => Unpacked.Value;

    static string Unpack()
    {
        var folder = Directory.CreateTempSubdirectory($"{Name}-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        using var packed = new ZipArchive(Embedded.Open($"{Name}.zip"));
        packed.ExtractToDirectory(folder);
        return folder;
    }
}
