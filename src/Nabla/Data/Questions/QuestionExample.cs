namespace Nabla.Data;

/// <summary>An answer that is a part of the context.</summary>
/// <param name="Text">The answer.</param>
/// <param name="Start">Where it begins in the context, in UTF-16 code units: <c>context.Substring(Start, Text.Length)</c> is the text; −1:
/// the file says a place where it is not.</param>
public readonly record struct AnswerSpan(string Text, int Start);

/// <summary>A question about a context (extractive question answering).</summary>
/// <param name="Id">Its identifier, which predictions are published under.</param>
/// <param name="Question">The question.</param>
/// <param name="Context">The text that answers it.</param>
/// <param name="Answers">Answers of several people; none where it cannot be answered, or where answers are withheld.</param>
/// <param name="IsImpossible">Whether the context does not answer it (SQuAD 2.0).</param>
/// <param name="Title">The title of the article; null: not said.</param>
public sealed record QuestionExample(string Id, string Question, string Context, IReadOnlyList<AnswerSpan> Answers, bool IsImpossible,
    string? Title = null);

/// <summary>An answer that is not where the file says.</summary>
/// <param name="Id">The question.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Found">What stands there instead.</param>
public sealed record MisplacedAnswer(string Id, string Answer, string Found);
