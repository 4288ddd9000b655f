using System.Text;

namespace Nabla.Checkpoints;

/// <summary>A tensor that does not fit its place in the model.</summary>
/// <param name="Path">The place in the model.</param>
/// <param name="Name">The name in the file.</param>
/// <param name="Expected">Type and shape in the model.</param>
/// <param name="Found">Type and shape in the file.</param>
public sealed record Misfit(string Path, string Name, string Expected, string Found);

/// <summary>What loading a checkpoint did, and what did not fit. It prints as a readable list.</summary>
/// <param name="File">The path of the file.</param>
/// <param name="Loaded">The model's paths that got their value from the file.</param>
/// <param name="Missing">The model's paths that the file has nothing for.</param>
/// <param name="Unexpected">The file's names that the model has no place for.</param>
/// <param name="Misshapen">The tensors whose shape or type does not fit.</param>
public sealed record LoadReport(
    string File, IReadOnlyList<string> Loaded, IReadOnlyList<string> Missing, IReadOnlyList<string> Unexpected, IReadOnlyList<Misfit> Misshapen)
{
    private const int Listed = 20;

    /// <summary>Whether every parameter and buffer was in the file, fitted, and nothing was left over.</summary>
    public bool IsComplete => Missing.Count == 0 && Unexpected.Count == 0 && Misshapen.Count == 0;

    /// <summary>One line if complete; else the missing, unexpected and misshapen names, up to 20 of each.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(IsComplete ? $"{File} fits: {Loaded.Count} tensors."
            : $"{File}: {Loaded.Count} tensors fit, {Missing.Count} are missing, {Unexpected.Count} are unexpected, {Misshapen.Count} are misshapen.");
        Append(text, "missing: the model needs them, the file has no such name", Missing);
        Append(text, "unexpected: the file has them, the model has no such place", [.. Unexpected.Select(Plain)]);
        Append(text, "misshapen: the model needs ≠ the file has",
            [.. Misshapen.Select(m => $"{m.Path}: {m.Expected} ≠ {m.Found}{(m.Name == m.Path ? "" : $" of {Plain(m.Name)}")}")]);
        return text.ToString();
    }

    private static string Plain(string name) => CheckpointException.Quote(name)[1..^1];

    private static void Append(StringBuilder text, string heading, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0) return;
        text.Append("\n  ").Append(heading);
        foreach (var line in lines.Take(Listed)) text.Append("\n    ").Append(line);
        if (lines.Count > Listed) text.Append($"\n    … and {lines.Count - Listed} more");
    }
}
