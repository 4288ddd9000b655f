using System.Text.Json;
using Nabla.Checkpoints;

namespace Nabla.Cli.Verify;

/// <summary>Runs the cases of a folder of reference values. A case that is malformed, or that Nabla cannot run, fails alone.</summary>
internal static class Verifier
{
    /// <summary>The groups in the order in which they run.</summary>
    public static IReadOnlyList<string> Groups { get; } = ["ops", "layers", "optimizers", "metrics", "bert", "wordpiece", MiniLmCases.Group];

    /// <summary>The groups that a folder holds.</summary>
    /// <exception cref="VerifyException">There is no such folder, or it holds no group.</exception>
    public static IReadOnlyList<string> GroupsOf(string folder)
    {
        if (!Directory.Exists(folder)) throw new VerifyException($"There is no folder '{folder}'. Name one that holds <group>.json and <group>.safetensors.");
        var found = Groups.Where(group => File.Exists(Path.Combine(folder, FileOf(group)))).ToList();
        return found.Count > 0 ? found : throw new VerifyException($"'{folder}' holds none of {string.Join(", ", Groups.Select(group => group + ".json"))}.");
    }

    private static string FileOf(string group) => group == MiniLmCases.Group ? MiniLmCases.FileName : group + ".json";

    /// <summary>Runs every case of a group, in the order of its file.</summary>
    /// <exception cref="VerifyException">The group's files cannot be read.</exception>
    public static IEnumerable<VerifyResult> Run(string folder, string group)
    {
        var path = Path.Combine(folder, group + ".json");
        using var json = Parse(path);
        using var tensors = OpenTensors(Path.Combine(folder, group + ".safetensors"));
        var pieces = new WordPieceCases(folder);
        foreach (var (name, element) in Cases(json.RootElement, path))
        {
            var comparison = new Comparison();
            yield return Run(group, name, comparison, () =>
            {
                if (group == "wordpiece") pieces.Run(element, comparison);
                else Run(folder, group, new VerifyCase(name, element, tensors), comparison);
            });
        }
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path));
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new VerifyException($"{path} cannot be read: {error.Message}");
        }
    }

    private static Safetensors? OpenTensors(string path)
    {
        try
        {
            return File.Exists(path) ? Safetensors.Open(path) : null;
        }
        catch (Exception error) when (error is CheckpointException or IOException or UnauthorizedAccessException)
        {
            throw new VerifyException(error.Message);
        }
    }

    /// <summary>A group is an object of cases, or (word pieces) a list of entries.</summary>
    private static IEnumerable<(string Name, JsonElement Element)> Cases(JsonElement root, string path) => root.ValueKind switch
    {
        JsonValueKind.Object => root.EnumerateObject().Select(property => (property.Name, property.Value)),
        JsonValueKind.Array => root.EnumerateArray().Select((element, i) => ($"#{i}", element)),
        _ => throw new VerifyException($"{path}: an object of cases, or a list of entries, is needed at the top."),
    };

    private static void Run(string folder, string group, VerifyCase @case, Comparison comparison)
    {
        switch (group)
        {
            case "ops": OpCases.Run(@case, comparison); break;
            case "layers": LayerCases.Run(@case, comparison); break;
            case "optimizers": OptimizerCases.Run(@case, comparison); break;
            case "metrics": MetricCases.Run(@case, comparison); break;
            case "bert": BertCases.Run(@case, comparison, folder); break;
            default: throw new NotBuiltException(@case.Op);
        }
    }

    private static VerifyResult Run(string group, string name, Comparison comparison, Action run)
    {
        try
        {
            run();
            return new(group, name, comparison.Failure is null, comparison.Worst, true, comparison.Failure);
        }
        catch (NotBuiltException missing)
        {
            return new(group, name, false, null, false, missing.Message);
        }
#pragma warning disable CA1031 // Whatever a hostile case provokes, it fails alone.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return new(group, name, false, comparison.Worst, true, error.Message);
        }
    }
}
