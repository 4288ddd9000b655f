using System.Text.Json;
using Nabla.Data;

namespace Nabla.Formats;

/// <summary>JSON objects as rows. The columns are all fields that any of them has.</summary>
internal abstract class ObjectSource(string path) : RecordSource(path)
{
    private IReadOnlyList<string>? columns;
    private readonly Dictionary<string, int> positions = [];

    public override IReadOnlyList<string> Columns => columns ??= Union();

    public override IEnumerable<TableRecord> Records()
    {
        var width = Columns.Count;
        return Objects().Select(row =>
        {
            var fields = new string?[width];
            foreach (var property in row.Value.EnumerateObject()) fields[positions[property.Name]] = Text(property.Value);
            return new TableRecord(row.Line, fields);
        });
    }

    /// <summary>The objects, each valid until the next.</summary>
    protected abstract IEnumerable<(long Line, JsonElement Value)> Objects();

    private List<string> Union()
    {
        var names = new List<string>();
        foreach (var (_, value) in Objects())
        foreach (var property in value.EnumerateObject())
        {
            if (positions.TryAdd(property.Name, names.Count)) names.Add(property.Name);
        }
        return names;
    }

    /// <summary>A value as text; lists and objects as they are written.</summary>
    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}

/// <summary>JSON lines: an object on every line.</summary>
internal sealed class JsonLinesSource(string path, string? encoding) : ObjectSource(path)
{
    protected override IEnumerable<(long Line, JsonElement Value)> Objects()
    {
        using var text = TextFile.Open(Path, encoding);
        for (var number = 1L; text.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            using var parsed = Parse(line, number);
            yield return (number, parsed.RootElement);
        }
    }

    private JsonDocument Parse(string line, long number)
    {
        try
        {
            var parsed = JsonDocument.Parse(line);
            return parsed.RootElement.ValueKind == JsonValueKind.Object ? parsed
                : throw new DataFileException(Path, number, "is JSON, but not an object. Every line must be an object: {\"text\": "
                + "…, \"label\": …}.");
        }
        catch (JsonException error)
        {
            throw new DataFileException(Path, number, "is not a JSON object on one line: "
                + $"{error.Message} Write one object on every line, or one list of objects: [{{…}}, {{…}}].", error);
        }
    }
}

/// <summary>JSON: one list of objects. A row is named by its number.</summary>
internal sealed class JsonSource(string path, string? encoding) : ObjectSource(path)
{
    protected override IEnumerable<(long Line, JsonElement Value)> Objects()
    {
        using var parsed = Parse();
        if (parsed.RootElement.ValueKind != JsonValueKind.Array)
            throw new DataFileException(Path, null, "is JSON, but not a list of objects: [{…}, {…}].");
        foreach (var (i, value) in parsed.RootElement.EnumerateArray().Index())
        {
            yield return value.ValueKind == JsonValueKind.Object ? (i + 1, value)
                : throw new DataFileException(Path, null, $"item {i + 1} of the list is not an object: "
                + $"{Phrase.Shorten(value.GetRawText())}. Every item must be {{\"text\": …, \"label\": …}}.");
        }
    }

    private JsonDocument Parse()
    {
        using var text = TextFile.Open(Path, encoding);
        try
        {
            return JsonDocument.Parse(text.ReadToEnd());
        }
        catch (JsonException error)
        {
            throw new DataFileException(Path, error.LineNumber + 1, $"is not JSON: {error.Message}", error);
        }
    }
}
