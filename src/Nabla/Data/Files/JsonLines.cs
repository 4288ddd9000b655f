using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Data;

/// <summary>JSON lines: a JSON object on every line (jsonlines.org), packed by gzip or not. Blank lines are passed over.</summary>
public static class JsonLines
{
    /// <summary>The objects one after another, read as they are wanted. Going on from a position passes over the lines before it without parsing them.</summary>
    /// <param name="path">The file, in UTF-8.</param>
    /// <exception cref="DataFileException">At the line concerned: it is not a JSON object, or no UTF-8, or the file cannot be read.</exception>
    public static Pipeline<JsonObject> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Pipeline.From(start => Objects(path, start));
    }

    private static IEnumerable<JsonObject> Objects(string path, long start)
    {
        using var text = new StreamReader(DataFile.OpenText(path));
        var number = 0L;
        while (Next(text, path, ++number) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            if (start-- <= 0) yield return Parse(line, path, number);
        }
    }

    private static string? Next(StreamReader text, string path, long number)
    {
        try
        {
            return text.ReadLine();
        }
        catch (InvalidDataException error)
        {
            throw new DataFileException(path, number, $"cannot be unpacked from here on: {error.Message} The file is damaged: fetch it again.", error);
        }
    }

    private static JsonObject Parse(string line, string path, long number)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject
                ?? throw new DataFileException(path, number, "is JSON, but not an object. Every line is to be an object: {\"text\": …, \"label\": …}.");
        }
        catch (JsonException error)
        {
            throw new DataFileException(path, number, $"is not JSON: {error.Message} Every line is to be one object, on one line.", error);
        }
    }
}
