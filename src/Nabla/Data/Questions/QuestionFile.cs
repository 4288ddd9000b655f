using System.Text.Json;

namespace Nabla.Data;

/// <summary>
/// Questions about contexts: SQuAD 1.1 and 2.0 (Rajpurkar et al. 2016, 2018; one JSON object, data → paragraphs → qas), or JSON lines with
/// the fields id, question, context and answers {text, answer_start}, as on the Hugging Face Hub; compressed by gzip or not. The files
/// count positions in Unicode scalars; they are converted to UTF-16 and checked.
/// </summary>
public sealed class QuestionFile
{
    private QuestionFile(string path, IReadOnlyList<QuestionExample> questions, IReadOnlyList<MisplacedAnswer> misplaced) =>
        (Path, Questions, Misplaced) = (path, questions, misplaced);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The questions in their order.</summary>
    public IReadOnlyList<QuestionExample> Questions { get; }

    /// <summary>Answers that are not where the file says; they have the start −1.</summary>
    public IReadOnlyList<MisplacedAnswer> Misplaced { get; }

    /// <summary>Whether some questions cannot be answered, as in SQuAD 2.0.</summary>
    public bool HasImpossible => Questions.Any(question => question.IsImpossible);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoding">Its encoding; null: UTF-8.</param>
    /// <exception cref="DataFileException">The file cannot be read; a field is missing or of another type: it is named with its path in the
    /// JSON.</exception>
    public static QuestionFile Open(string path, string? encoding = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        var misplaced = new List<MisplacedAnswer>();
        var questions = IsLines(path, encoding) ? Lines(path, encoding, misplaced) : Articles(path, encoding, misplaced);
        return questions.Count > 0 ? new(path, questions, misplaced) : throw new DataFileException(path, null, "holds no question.");
    }

    /// <summary>Whether the first line is a question of its own.</summary>
    private static bool IsLines(string path, string? encoding)
    {
        using var text = TextFile.Open(path, encoding);
        string? line;
        while ((line = text.ReadLine()) is not null && string.IsNullOrWhiteSpace(line)) { }
        try
        {
            using var parsed = JsonDocument.Parse(line ?? "");
            return parsed.RootElement.ValueKind == JsonValueKind.Object && !parsed.RootElement.TryGetProperty("data", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static List<QuestionExample> Lines(string path, string? encoding, List<MisplacedAnswer> misplaced)
    {
        var questions = new List<QuestionExample>();
        using var text = TextFile.Open(path, encoding);
        for (var number = 1L; text.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            using var parsed = Parse(path, line, number);
            var row = new QuestionJson(path, parsed.RootElement, number, "");
            var context = new QuestionContext(row.Text("context"));
            var answers = row.Answers(context, misplaced);
            var isImpossible = answers.Count == 0 && row.Has("answers");
            questions.Add(new(row.Id($"{number}"), row.Text("question"), context.Text, answers, isImpossible, row.TextOrNull("title")));
        }
        return questions;
    }

    private static List<QuestionExample> Articles(string path, string? encoding, List<MisplacedAnswer> misplaced)
    {
        var questions = new List<QuestionExample>();
        using var text = TextFile.Open(path, encoding);
        using var parsed = Parse(path, text.ReadToEnd(), null);
        foreach (var article in new QuestionJson(path, parsed.RootElement, null, "").List("data"))
        foreach (var paragraph in article.List("paragraphs"))
        {
            var context = new QuestionContext(paragraph.Text("context"));
            foreach (var question in paragraph.List("qas"))
            {
                var isImpossible = question.Flag("is_impossible");
                var answers = isImpossible ? [] : question.Answers(context, misplaced);
                questions.Add(new(question.Id($"{questions.Count + 1}"), question.Text("question"), context.Text, answers, isImpossible,
                    article.TextOrNull("title")));
            }
        }
        return questions;
    }

    private static JsonDocument Parse(string path, string text, long? line)
    {
        try
        {
            return JsonDocument.Parse(text);
        }
        catch (JsonException error)
        {
            throw new DataFileException(path, line ?? (error.LineNumber + 1), $"is not JSON: {error.Message}", error);
        }
    }
}
