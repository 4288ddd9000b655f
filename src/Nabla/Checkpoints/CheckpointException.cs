using System.Text;

namespace Nabla.Checkpoints;

/// <summary>A checkpoint that cannot be read, written or fitted to a model. The message names the file, the tensor and the remedy.</summary>
public sealed class CheckpointException : IOException
{
    private const int LongestName = 120;

    internal CheckpointException(string file, string? tensor, string problem, Exception? cause = null)
        : base(tensor is null ? $"{file}: {problem}" : $"{file}: tensor {Quote(tensor)}: {problem}", cause) => (File, Tensor) = (file, tensor);

    internal CheckpointException(LoadReport report)
        : base($"{report}\nNothing was loaded. Rename or ignore names with a KeyMap, or load what fits with strict: false.") => (File, Report) = (report.File, report);

    /// <summary>The path of the file.</summary>
    public string File { get; }

    /// <summary>The tensor within it, where the problem is one tensor's.</summary>
    public string? Tensor { get; }

    /// <summary>What did not fit the model, where that is the problem.</summary>
    public LoadReport? Report { get; }

    /// <summary>A name from a file in a message: short, and without control characters.</summary>
    internal static string Quote(string name)
    {
        var text = new StringBuilder("'");
        foreach (var c in name.AsSpan(0, Math.Min(name.Length, LongestName))) text.Append(char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c);
        return text.Append(name.Length > LongestName ? "…'" : "'").ToString();
    }
}
