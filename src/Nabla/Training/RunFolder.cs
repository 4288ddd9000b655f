using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Checkpoints;

namespace Nabla.Training;

/// <summary>
/// The files of one training: <c>configuration.json</c>, <c>metrics.jsonl</c>, <c>checkpoints/</c> and <c>report.html</c>. One process trains in it at a time.
/// </summary>
public sealed class RunFolder
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private RunFolder(string path) => Folder = path;

    /// <summary>The folder at a path, made if it is not there.</summary>
    /// <exception cref="IOException">It cannot be made, or is a file.</exception>
    public static RunFolder Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var run = new RunFolder(Path.GetFullPath(path));
        Directory.CreateDirectory(run.Checkpoints);
        return run;
    }

    /// <summary>Whether there is a run at a path: a folder with a configuration or a state.</summary>
    public static bool Exists(string path) => new RunFolder(path) is var run && (File.Exists(run.Configuration) || run.HasState);

    /// <summary>Its full path.</summary>
    public string Folder { get; }

    /// <summary>What was trained and how, written by whoever began the run.</summary>
    public string Configuration => Path.Combine(Folder, "configuration.json");

    /// <summary>One JSON object on each line: of each interval of steps and of each evaluation.</summary>
    public string Metrics => Path.Combine(Folder, "metrics.jsonl");

    /// <summary>The folder of the checkpoints.</summary>
    public string Checkpoints => Path.Combine(Folder, "checkpoints");

    /// <summary>All that a training needs to go on: parameters, optimizer, average, random numbers, place in the data. One file, replaced as a whole.</summary>
    public string State => Path.Combine(Checkpoints, "state.safetensors");

    /// <summary>The model after the last step.</summary>
    public string Last => Path.Combine(Checkpoints, "last.safetensors");

    /// <summary>The model at the best evaluation; where there is a moving average, that one.</summary>
    public string Best => Path.Combine(Checkpoints, "best.safetensors");

    /// <summary>The moving average after the last step.</summary>
    public string Average => Path.Combine(Checkpoints, "average.safetensors");

    /// <summary>A page to read.</summary>
    public string Report => Path.Combine(Folder, "report.html");

    /// <summary>Whether there is a state to go on from.</summary>
    public bool HasState => File.Exists(State);

    /// <summary>Replaces the configuration as a whole.</summary>
    public void WriteConfiguration(JsonObject configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var text = System.Text.Encoding.UTF8.GetBytes(configuration.ToJsonString(Indented) + "\n");
        AtomicFile.Write(Configuration, text.Length, handle => RandomAccess.Write(handle, text, 0));
    }

    /// <summary>The configuration.</summary>
    /// <exception cref="IOException">It is not there or is no JSON object: the message says where.</exception>
    public JsonObject ReadConfiguration()
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(Configuration)) as JsonObject ?? throw new JsonException("It is not an object.");
        }
        catch (JsonException error)
        {
            throw new IOException($"{Configuration}: this is not the configuration of a run: {error.Message}", error);
        }
    }

    /// <summary>The lines of <see cref="Metrics"/> so far; one that is still being written is left out.</summary>
    public IEnumerable<JsonObject> ReadMetrics()
    {
        if (!File.Exists(Metrics)) yield break;
        using var reader = new StreamReader(new FileStream(Metrics, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        while (reader.ReadLine() is { } line)
        {
            if (Parse(line) is { } record) yield return record;
        }
    }

    /// <summary>Keeps other processes from training here, until the result is disposed of or the process ends, however it ends.</summary>
    internal IDisposable Lock()
    {
        try
        {
            return new FileStream(Path.Combine(Folder, ".lock"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException error)
        {
            throw new IOException($"{Folder}: another process is training here, or the folder cannot be written to: {error.Message} Wait for it, or choose another folder.", error);
        }
    }

    private static JsonObject? Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
