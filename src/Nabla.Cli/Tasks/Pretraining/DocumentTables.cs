using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Cli.Tasks.Pretraining;

/// <summary>Tables with a document in each row, as corpora are published: Parquet, or JSON lines, often in several files.</summary>
static class DocumentTables
{
    const string UsualColumn = "text";

    static readonly string[] Endings = [".parquet", ".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"];

    /// <summary>A file that is such a table, or those in a folder and its subfolders by name; none: the path has none.</summary>
    public static string[] Find(string path)
    {
        if (File.Exists(path)) return IsTable(path) ? [path] : [];
        var options = new EnumerationOptions { RecurseSubdirectories = true };
        return !Directory.Exists(path) ? []
            : [.. Directory.EnumerateFiles(path, "*", options).Where(IsTable).Order(StringComparer.Ordinal)];
    }

    /// <summary>The documents of the rows, read as they are wanted; rows without text are passed over.</summary>
    /// <param name="files">The tables.</param>
    /// <param name="column">The column of the text; null: <c>text</c>.</param>
    /// <param name="sentences">What ends a sentence.</param>
    public static Pipeline<TextDocument> Read(IReadOnlyList<string> files, string? column, SentenceBoundary sentences) =>
        Pipeline.Concat([.. files.Select(file => Read(file, column ?? UsualColumn, sentences))]);

    static Pipeline<TextDocument> Read(string file, string column, SentenceBoundary sentences)
    {
        // Rows with the same text are of one group: no document is in both parts.
        TextDocument Document(string text) => TextDocument.From(file, text, sentences) with { Group = text };
        return file.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase)
            ? ParquetFile.Read(file, column).Map(row => Document(row.Text(column)))
            : JsonLines.Read(file).Map(row => Document(Text(row, file, column)));
    }

    static string Text(JsonObject row, string file, string column) => row[column] switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        null when row.ContainsKey(column) => "",
        null => throw new DataFileException(file, null,
            $"a row has no \"{column}\". It has: {string.Join(", ", row.Select(field => field.Key))} (--text)."),
        _ => throw new DataFileException(file, null, $"\"{column}\" of a row is no text (--text)."),
    };

    static bool IsTable(string path) => !Path.GetFileName(path).StartsWith('.')
        && Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
