using System.Text;

namespace Nabla.Metrics;

/// <summary>
/// chrF (Popović 2015): 100 · (1 + β²)·P·R / (β²·P + R) with the precision P and the recall R of character n-grams, each the mean over the orders that both sides are long enough for; with word n-grams
/// among them it is chrF++ (Popović 2017, <c>wordOrder: 2</c>). Of several references the one with the best score of the sentence counts. As in sacrebleu, whose defaults these are. Streaming;
/// scores from several threads merge.
/// </summary>
public sealed class ChrF
{
    private const string Marks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private readonly int characterOrder, wordOrder;
    private readonly double beta;
    private readonly bool whitespace;
    private readonly Counts[] sums;

    /// <summary>Nothing counted yet.</summary>
    /// <param name="characterOrder">Characters of the longest n-grams, 1 or more.</param>
    /// <param name="wordOrder">Words of the longest n-grams: 0 for chrF, 2 for chrF++.</param>
    /// <param name="beta">How many times as much recall counts as precision, above 0.</param>
    /// <param name="whitespace">Whether white space is among the characters.</param>
    public ChrF(int characterOrder = 6, int wordOrder = 0, double beta = 2, bool whitespace = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(characterOrder, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(wordOrder);
        if (!(beta > 0 && double.IsFinite(beta))) throw new ArgumentOutOfRangeException(nameof(beta), $"ChrF: beta {beta} must be a number above 0.");
        (this.characterOrder, this.wordOrder, this.beta, this.whitespace) = (characterOrder, wordOrder, beta, whitespace);
        sums = new Counts[characterOrder + wordOrder];
    }

    /// <summary>The score, 0 … 100.</summary>
    public double Value => Score(sums);

    /// <summary>Adds a hypothesis and its references.</summary>
    /// <exception cref="ArgumentException">There is no reference. Nothing is counted.</exception>
    public void Update(string hypothesis, params ReadOnlySpan<string> references)
    {
        ArgumentNullException.ThrowIfNull(hypothesis);
        if (references.IsEmpty) throw new ArgumentException("ChrF: there is no reference to compare the hypothesis with; give at least one.", nameof(references));
        var (characters, words) = (new NGrams<Rune>(), new NGrams<string>());
        Dictionary<int, int>[] Of(string text) => [.. characters.Count(Characters(text), characterOrder), .. words.Count(Words(text), wordOrder)];
        var said = Of(hypothesis);
        Counts[]? best = null;
        foreach (var reference in references)
        {
            Counts[] counts = [.. said.Zip(Of(reference), Compare)];
            if (best is null || Score(counts) > Score(best)) best = counts;
        }
        for (var n = 0; n < sums.Length; n++) sums[n] += best![n];
    }

    /// <summary>Adds the counts of another of the same orders.</summary>
    public void Merge(ChrF other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if ((other.characterOrder, other.wordOrder, other.whitespace) != (characterOrder, wordOrder, whitespace))
            throw new ArgumentException($"ChrF: orders {other.characterOrder} and {other.wordOrder} do not merge into {characterOrder} and {wordOrder}, nor with white space into without.", nameof(other));
        for (var n = 0; n < sums.Length; n++) sums[n] += other.sums[n];
    }

    /// <summary>Forgets everything.</summary>
    public void Reset() => Array.Clear(sums);

    private Rune[] Characters(string text) => [.. text.EnumerateRunes().Where(rune => whitespace || !Rune.IsWhiteSpace(rune))];

    /// <summary>Words; a mark at the end of one, else at its beginning, is a word of its own.</summary>
    private static string[] Words(string text) => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).SelectMany(word => word switch
    {
        { Length: 1 } => [word],
        _ when Marks.Contains(word[^1], StringComparison.Ordinal) => [word[..^1], word[^1..]],
        _ when Marks.Contains(word[0], StringComparison.Ordinal) => [word[..1], word[1..]],
        _ => new[] { word },
    })];

    private static Counts Compare(Dictionary<int, int> hypothesis, Dictionary<int, int> reference) =>
        new(reference.Count == 0 ? 0 : hypothesis.Values.Sum(count => (long)count), reference.Values.Sum(count => (long)count), NGrams<Rune>.Common(hypothesis, reference));

    private double Score(Counts[] counts)
    {
        var (precision, recall, orders) = (0.0, 0.0, 0);
        foreach (var (said, wanted, common) in counts)
        {
            if (said == 0 || wanted == 0) continue;
            (precision, recall, orders) = (precision + ((double)common / said), recall + ((double)common / wanted), orders + 1);
        }
        if (precision + recall == 0) return 0;
        (precision, recall) = (precision / orders, recall / orders);
        return 100 * (1 + (beta * beta)) * precision * recall / ((beta * beta * precision) + recall);
    }

    /// <summary>n-grams of one order: of the hypotheses, of the references, and of both.</summary>
    private readonly record struct Counts(long Said, long Wanted, long Common)
    {
        public static Counts operator +(Counts a, Counts b) => new(a.Said + b.Said, a.Wanted + b.Wanted, a.Common + b.Common);
    }
}
