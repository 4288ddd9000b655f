using System.Text.Json;

namespace Nabla.Data;

/// <summary>JSON lines of sentences: a list of words and a list of tags, or of the numbers of tags.</summary>
internal sealed class TaggedJson(string path, TaggedTextOptions options)
{
    private static readonly string[] WordFields = ["tokens", "words"];
    private static readonly string[] TagFields = ["tags", "ner_tags", "labels", "pos_tags", "chunk_tags", "upos"];

    public static IEnumerable<TaggedSentence> Read(string path, TaggedTextOptions options, List<string> assumptions) =>
        new TaggedJson(path, options).Sentences(assumptions);

    private IEnumerable<TaggedSentence> Sentences(List<string> assumptions)
    {
        using var text = TextFile.Open(path, options.Encoding);
        (string Word, string Tag)? fields = null;
        for (var number = 1L; text.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            using var parsed = Parse(line, number);
            if (fields is null)
            {
                fields = (Field(parsed.RootElement, options.Word, WordFields, nameof(options.Word), number),
                    Field(parsed.RootElement, options.Tag, TagFields, nameof(options.Tag), number));
                assumptions.Add($"Words are in field {fields.Value.Word}, tags in {fields.Value.Tag}.");
            }
            var words = List(parsed.RootElement, fields.Value.Word, number).Select(word => Word(word, fields.Value.Word, number)).ToArray();
            var tags = List(parsed.RootElement, fields.Value.Tag, number).Select(tag => Tag(tag, fields.Value.Tag, number)).ToArray();
            if (words.Length != tags.Length)
                throw new DataFileException(path, number, $"{words.Length} words in \"{fields.Value.Word}\" and {tags.Length} tags in "
                + $"\"{fields.Value.Tag}\". There must be a tag for each word.");
            if (words.Length > 0) yield return new(words, tags);
        }
    }

    private JsonDocument Parse(string line, long number)
    {
        try
        {
            var parsed = JsonDocument.Parse(line);
            return parsed.RootElement.ValueKind == JsonValueKind.Object ? parsed
                : throw new DataFileException(path, number, "is JSON, but not an object. Every line must be an object: {\"tokens\": "
                + "[…], \"tags\": […]}.");
        }
        catch (JsonException error)
        {
            throw new DataFileException(path, number, $"is not a JSON object on one line: {error.Message}", error);
        }
    }

    private string Field(JsonElement row, string? wanted, string[] usual, string option, long number)
    {
        string[] there = [.. row.EnumerateObject().Select(property => property.Name)];
        string[] found = wanted is null ? [.. usual.Where(there.Contains)] : [.. there.Where(name => name == wanted)];
        return found is [var one] ? one : throw new DataFileException(path, number, wanted is not null
            ? $"there is no field \"{wanted}\" ({option}); there are {string.Join(", ", there)}."
            : found.Length == 0 ? $"has none of the fields {string.Join(", ", usual)}, but {string.Join(", ", there)}. "
            + $"Set {option} to one of them."
            : $"it is not clear which field to read: {string.Join(" or ", found)}. Set {option} to one of them.");
    }

    private JsonElement.ArrayEnumerator List(JsonElement row, string field, long number) =>
        row.TryGetProperty(field, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray()
        : throw new DataFileException(path, number, $"field \"{field}\" is missing or not a list.");

    private string Word(JsonElement word, string field, long number) => word.ValueKind == JsonValueKind.String ? word.GetString()!
        : throw new DataFileException(path, number, $"\"{field}\" holds {word.GetRawText()}, which is not a text.");

    private string Tag(JsonElement tag, string field, long number)
    {
        if (tag.ValueKind == JsonValueKind.String) return tag.GetString()!;
        if (tag.ValueKind != JsonValueKind.Number || !tag.TryGetInt32(out var index))
            throw new DataFileException(path, number, $"\"{field}\" holds {tag.GetRawText()}, which is no tag.");
        if (options.TagNames is not { } names)
            throw new DataFileException(path, number, $"\"{field}\" holds numbers. Set TagNames to the names of the tags in their order: "
            + "O, B-PER, I-PER, ….");
        return (uint)index < (uint)names.Count ? names[index] : throw new DataFileException(path, number,
            $"\"{field}\" holds {index}, but TagNames names {names.Count} tags, 0 to {names.Count - 1}.");
    }
}
