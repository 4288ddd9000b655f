using System.Text.Json;
using Nabla.Data;

namespace Nabla.Formats;

internal enum TableFormat
{
    Separated, JsonLines, Json, Parquet,
}

internal static class TableFormats
{
    /// <summary>The format by the extension (of what is compressed); by the content where the extension does not say.</summary>
    public static TableFormat Recognise(string path, string? encoding)
    {
        var first = FirstBytes(path);
        if (first is [(byte)'P', (byte)'A', (byte)'R', (byte)'1']) return TableFormat.Parquet;
        if (first is [(byte)'P', (byte)'K', 3, 4])
            throw new DataFileException(path, null, "is a ZIP archive or an Excel workbook. Unpack it, or save the sheet as CSV in UTF-8.");
        return Extension(path) switch
        {
            ".parquet" => TableFormat.Parquet,
            ".jsonl" or ".ndjson" => TableFormat.JsonLines,
            ".json" => IsList(FirstLine(path, encoding)) ? TableFormat.Json : TableFormat.JsonLines,
            ".csv" or ".tsv" or ".tab" => TableFormat.Separated,
            _ => FirstLine(path, encoding) is var line && IsObject(line) ? TableFormat.JsonLines : IsListOfObjects(line) ? TableFormat.Json
                : TableFormat.Separated,
        };
    }

    /// <summary>".csv" of reviews.CSV.gz.</summary>
    public static string Extension(string path)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Path.GetExtension(name).ToLowerInvariant();
    }

    private static byte[] FirstBytes(string path)
    {
        using var bytes = DataFile.OpenRead(path);
        var first = new byte[4];
        try
        {
            return first[..bytes.ReadAtLeast(first, first.Length, throwOnEndOfStream: false)];
        }
        catch (InvalidDataException error)
        {
            throw new DataFileException(path, 1, $"cannot be decompressed: {error.Message} The file is damaged: download it again.", error);
        }
    }

    private static string FirstLine(string path, string? encoding)
    {
        using var text = TextFile.Open(path, encoding);
        string? line;
        while ((line = text.ReadLine()) is not null && string.IsNullOrWhiteSpace(line)) { }
        // An opening bracket on a line of its own says nothing yet.
        return line?.Trim() == "[" ? line.Trim() + text.ReadLine()?.Trim() : line?.Trim() ?? "";
    }

    private static bool IsList(string line) => line.StartsWith('[');

    private static bool IsListOfObjects(string line) => IsList(line) && line[1..].TrimStart().StartsWith('{');

    private static bool IsObject(string line)
    {
        if (!line.StartsWith('{')) return false;
        try
        {
            using var parsed = JsonDocument.Parse(line);
            return parsed.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
