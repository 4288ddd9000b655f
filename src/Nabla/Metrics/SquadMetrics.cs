using System.Text.RegularExpressions;

namespace Nabla.Metrics;

/// <summary>
/// Exact match and F1 of answers, as the evaluation script of SQuAD 2.0 computes them (Rajpurkar, Jia, Liang 2018; that of SQuAD 1.1 gives
/// the same values for its questions): texts are compared in lower case, without ASCII punctuation, articles and surplus white space; of
/// several answers the best counts. Streaming: update it answer by answer; parts from several threads merge. Values are fractions; the
/// script prints per cent.
/// </summary>
/// <param name="undefined">The value where there is no question.</param>
public sealed partial class SquadMetrics(Undefined undefined = Undefined.Zero)
{
    private long answerable, unanswerable;
    private double exact, overlap, unanswered;

    /// <summary>How many questions there are.</summary>
    public long Count => answerable + unanswerable;

    /// <summary>How many of them have an answer.</summary>
    public long Answerable => answerable;

    /// <summary>The share of questions answered exactly, or rightly left unanswered.</summary>
    public double ExactMatch => Ratio.Of(exact + unanswered, Count, undefined);

    /// <summary>The mean F1 of the words; of questions without an answer, 1 where none was given.</summary>
    public double F1 => Ratio.Of(overlap + unanswered, Count, undefined);

    /// <summary>Exact match over the questions that have an answer (HasAns_exact).</summary>
    public double AnswerableExactMatch => Ratio.Of(exact, answerable, undefined);

    /// <summary>F1 over the questions that have an answer (HasAns_f1).</summary>
    public double AnswerableF1 => Ratio.Of(overlap, answerable, undefined);

    /// <summary>The share of questions without an answer that were left unanswered (NoAns_exact, NoAns_f1).</summary>
    public double Unanswered => Ratio.Of(unanswered, unanswerable, undefined);

    /// <summary>Adds a question.</summary>
    /// <param name="prediction">The answer given; "": none.</param>
    /// <param name="answers">Right answers; none: the question cannot be answered.</param>
    public void Update(string prediction, IReadOnlyList<string> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var (isExact, f1) = (ExactMatchOf(prediction, answers), F1Of(prediction, answers));
        if (answers.Count > 0) (answerable, exact, overlap) = (answerable + 1, exact + isExact, overlap + f1);
        else (unanswerable, unanswered) = (unanswerable + 1, unanswered + isExact);
    }

    /// <summary>Adds the questions of another.</summary>
    public void Merge(SquadMetrics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (answerable, unanswerable) = (answerable + other.answerable, unanswerable + other.unanswerable);
        (exact, overlap, unanswered) = (exact + other.exact, overlap + other.overlap, unanswered + other.unanswered);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset() => (answerable, unanswerable, exact, overlap, unanswered) = (0, 0, 0, 0, 0);

    /// <summary>1 if the answer is one of the right ones, else 0.</summary>
    /// <param name="prediction">The answer given; "": none.</param>
    /// <param name="answers">Right answers; none: the question cannot be answered.</param>
    public static double ExactMatchOf(string prediction, IReadOnlyList<string> answers)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        return Right(answers).Contains(Normalize(prediction)) ? 1 : 0;
    }

    /// <summary>
    /// 2 P R / (P + R) of the words that the answer shares with a right one, counted as often as they occur; the best over the right
    /// answers.
    /// </summary>
    /// <param name="prediction">The answer given; "": none.</param>
    /// <param name="answers">Right answers; none: the question cannot be answered.</param>
    public static double F1Of(string prediction, IReadOnlyList<string> answers)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        var given = Words(Normalize(prediction));
        return Right(answers).Max(answer => F1Of(given, Words(answer)));
    }

    /// <summary>Lower case, without ASCII punctuation, without the articles a, an and the, words separated by single spaces.</summary>
    public static string Normalize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var plain = string.Concat(text.ToLowerInvariant().Where(c => !char.IsAscii(c) || !(char.IsPunctuation(c) || char.IsSymbol(c))));
        return string.Join(' ', Words(Articles().Replace(plain, " ")));
    }

    /// <summary>The right answers as they are compared. One that is nothing then is none.</summary>
    private static string[] Right(IReadOnlyList<string> answers)
    {
        string[] normal = [.. answers.Select(Normalize).Where(answer => answer.Length > 0)];
        return normal.Length > 0 ? normal : [""];
    }

    private static double F1Of(string[] given, string[] right)
    {
        if (given.Length == 0 || right.Length == 0) return given.Length == right.Length ? 1 : 0;
        var counts = right.CountBy(word => word).ToDictionary();
        var common = given.CountBy(word => word).Sum(word => Math.Min(word.Value, counts.GetValueOrDefault(word.Key)));
        return common == 0 ? 0 : 2.0 * common / (given.Length + right.Length);
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"\b(a|an|the)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Articles();
}
