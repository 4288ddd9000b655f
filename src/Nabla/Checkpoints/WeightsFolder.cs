namespace Nabla.Checkpoints;

/// <summary>A folder with a model as Hugging Face publishes it.</summary>
internal static class WeightsFolder
{
    private const int Listed = 20;

    private static readonly string[] Names =
        ["model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"];

    /// <summary>The path of the file that holds or lists the weights.</summary>
    /// <exception cref="CheckpointException">There is none.</exception>
    public static string Choose(string folder) =>
        Names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new CheckpointException(folder, null,
            $"holds no weights: none of {string.Join(", ", Names)} is there, only {Contents(folder)}. Name the file to open.");

    private static string Contents(string folder)
    {
        var names = Directory.EnumerateFileSystemEntries(folder).Select(path => CheckpointException.Quote(Path.GetFileName(path)));
        string[] there = [.. names.Order(StringComparer.Ordinal)];
        return there.Length == 0 ? "nothing"
            : string.Join(", ", there.Take(Listed)) + (there.Length > Listed ? $" and {there.Length - Listed} more" : "");
    }
}
