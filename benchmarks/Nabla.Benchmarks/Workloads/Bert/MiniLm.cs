using Nabla.Checkpoints;
using Nabla.Models;
using Nabla.Text;

namespace Nabla.Benchmarks.Workloads;

/// <summary>A real checkpoint: sentence-transformers' all-MiniLM-L6-v2, 6 layers of 384, as a folder in Hugging Face's layout.</summary>
internal static class MiniLm
{
    /// <summary>Where it is.</summary>
    public static string Folder { get; set; } = BesideRepository("data/private/minilm");

    /// <summary>Where the texts and embeddings are that it is checked with.</summary>
    public static string Reference { get; set; } = BesideRepository("reference/minilm");

    /// <summary>Why rows with it cannot run; null: they can.</summary>
    public static string? Missing => File.Exists(Path.Combine(Folder, BertCheckpoint.WeightsName)) ? null
        : $"there is no {BertCheckpoint.WeightsName} in {Folder}; name the folder of all-MiniLM-L6-v2 with --model";

    public static BertConfiguration Configuration => BertConfiguration.Load(Folder);

    public static BertTokenizer Tokenizer => BertTokenizer.Load(Folder);

    /// <summary>Those of the checkpoint; of a head they are drawn.</summary>
    public static BertWeights Weights { get; } = new((path, shape) =>
    {
        using var file = Safetensors.Open(Path.Combine(Folder, BertCheckpoint.WeightsName));
        const string encoder = "bert.";
        var name = BertCheckpoint.NameOf(path.StartsWith(encoder, StringComparison.Ordinal) ? path[encoder.Length..] : path);
        return file.Contains(name) ? file[name].ToArray<float>() : BertWeights.Drawn.Of(path, shape);
    });

    /// <summary>A folder that lies in <c>shared</c> beside the repository this program was built in.</summary>
    static string BesideRepository(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Nabla.slnx")))
            folder = folder.Parent;
        return Path.GetFullPath(Path.Combine(folder?.FullName ?? AppContext.BaseDirectory, "..", "shared", path));
    }
}
