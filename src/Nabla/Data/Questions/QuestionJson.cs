using System.Text.Json;

namespace Nabla.Data;

/// <summary>A JSON object that knows where it is, for errors: data[3].paragraphs[0].</summary>
internal sealed class QuestionJson(string path, JsonElement value, long? line, string place)
{
    /// <summary>What the names of its fields follow.</summary>
    private string Behind => place.Length > 0 ? $"{place}." : "";

    public string Text(string name) => TextOrNull(name) ?? throw Fault(name, "is missing or not a text");

    public string? TextOrNull(string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString() : null;

    /// <summary>A text or a number; null: the one given.</summary>
    public string Id(string otherwise) =>
        value.TryGetProperty("id", out var id) && id.ValueKind is JsonValueKind.String or JsonValueKind.Number ? id.ToString() : otherwise;

    public bool Has(string name) => value.TryGetProperty(name, out _);

    public bool Flag(string name) => value.TryGetProperty(name, out var flag) && flag.ValueKind == JsonValueKind.True;

    public IEnumerable<QuestionJson> List(string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Select((item, i) => new QuestionJson(path, item, line, $"{Behind}{name}[{i}]"))
            : throw Fault(name, "is missing or not a list");

    /// <summary>The answers: a list of objects, or an object of lists; none where the field is missing.</summary>
    public IReadOnlyList<AnswerSpan> Answers(QuestionContext context, List<MisplacedAnswer> misplaced)
    {
        if (!value.TryGetProperty("answers", out var answers) || answers.ValueKind == JsonValueKind.Null) return [];
        var found = answers.ValueKind switch
        {
            JsonValueKind.Array => answers.EnumerateArray().Select(Pair),
            JsonValueKind.Object when Columns(answers) is { } columns => columns,
            _ => throw Fault("answers", "is neither a list of {text, answer_start} nor {text: [], answer_start: []}"),
        };
        return [.. found.Select(answer => Placed(answer.Text, answer.Start, context, misplaced))];
    }

    private static IEnumerable<(string Text, long Start)>? Columns(JsonElement answers)
    {
        if (!answers.TryGetProperty("text", out var texts) || !answers.TryGetProperty("answer_start", out var starts)) return null;
        if (texts.ValueKind != JsonValueKind.Array || starts.ValueKind != JsonValueKind.Array) return null;
        if (texts.GetArrayLength() != starts.GetArrayLength()) return null;
        var pairs = texts.EnumerateArray().Zip(starts.EnumerateArray())
            .Select(pair => (Text: AsText(pair.First), Start: AsNumber(pair.Second))).ToList();
        return pairs.TrueForAll(pair => pair is (not null, not null)) ? pairs.Select(pair => (pair.Text!, pair.Start!.Value)) : null;
    }

    private (string Text, long Start) Pair(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("text", out var text) && AsText(text) is { } found
        && answer.TryGetProperty("answer_start", out var start) && AsNumber(start) is { } number ? (found, number)
        : throw Fault("answers", $"holds {answer.GetRawText()}, not {{text, answer_start}}");

    private static string? AsText(JsonElement text) => text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static long? AsNumber(JsonElement number) =>
        number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var whole) ? whole : null;

    private AnswerSpan Placed(string answer, long start, QuestionContext context, List<MisplacedAnswer> misplaced)
    {
        var (at, found) = context.Find(answer, start);
        if (at < 0) misplaced.Add(new(Id(""), answer, found));
        return new(answer, at);
    }

    private DataFileException Fault(string name, string fault) =>
        new(path, line, $"{(place.Length > 0 ? $"{place}: " : "")}\"{name}\" {fault}.");
}
