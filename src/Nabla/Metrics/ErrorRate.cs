namespace Nabla.Metrics;

/// <summary>
/// (S + I + D) / N: the changes that hypotheses are away from their references, by the references' symbols. It is called phoneme, word or character error rate by what the symbols are, and may exceed 1.
/// Of several references the nearest counts: the one with the fewest changes, of two such the longer, for which the rate is lower. Streaming; rates from several threads merge.
/// </summary>
/// <param name="undefined">The value where the references have no symbol.</param>
public sealed class ErrorRate(Undefined undefined = Undefined.Zero)
{
    /// <summary>S: symbols in whose place is another.</summary>
    public long Substitutions { get; private set; }

    /// <summary>I: symbols too many.</summary>
    public long Insertions { get; private set; }

    /// <summary>D: symbols that are missing.</summary>
    public long Deletions { get; private set; }

    /// <summary>Symbols that are right.</summary>
    public long Matches { get; private set; }

    /// <summary>N: symbols of the references, S + D + matches.</summary>
    public long Symbols => Substitutions + Deletions + Matches;

    /// <summary>How many sequences there are.</summary>
    public long Sequences { get; private set; }

    /// <summary>How many of them differ from every reference.</summary>
    public long WrongSequences { get; private set; }

    /// <summary>(S + I + D) / N.</summary>
    public double Value => Ratio.Of(Substitutions + Insertions + Deletions, Symbols, undefined);

    /// <summary>The share of sequences that differ from every reference: of pronunciations, the word error rate.</summary>
    public double SequenceValue => Ratio.Of(WrongSequences, Sequences, undefined);

    /// <summary>Adds a hypothesis and its references.</summary>
    /// <param name="hypothesis">Phonemes, words or characters: <c>text.Split(' ')</c>, <c>text.EnumerateRunes().ToArray()</c>.</param>
    /// <param name="references">At least one.</param>
    /// <exception cref="ArgumentException">There is no reference. Nothing is counted.</exception>
    public void Update<T>(IReadOnlyList<T> hypothesis, params ReadOnlySpan<IReadOnlyList<T>> references)
    {
        ArgumentNullException.ThrowIfNull(hypothesis);
        if (references.IsEmpty) throw new ArgumentException("ErrorRate: there is no reference to compare the hypothesis with; give at least one.", nameof(references));
        var (nearest, length) = (EditDistance.Of(references[0], hypothesis), references[0].Count);
        foreach (var reference in references[1..])
        {
            var edits = EditDistance.Of(reference, hypothesis);
            if (edits.Distance < nearest.Distance || (edits.Distance == nearest.Distance && reference.Count > length)) (nearest, length) = (edits, reference.Count);
        }
        (Substitutions, Insertions) = (Substitutions + nearest.Substitutions, Insertions + nearest.Insertions);
        (Deletions, Matches) = (Deletions + nearest.Deletions, Matches + nearest.Matches);
        (Sequences, WrongSequences) = (Sequences + 1, WrongSequences + (nearest.Distance > 0 ? 1 : 0));
    }

    /// <summary>Adds the counts of another.</summary>
    public void Merge(ErrorRate other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (Substitutions, Insertions) = (Substitutions + other.Substitutions, Insertions + other.Insertions);
        (Deletions, Matches) = (Deletions + other.Deletions, Matches + other.Matches);
        (Sequences, WrongSequences) = (Sequences + other.Sequences, WrongSequences + other.WrongSequences);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset() => (Substitutions, Insertions, Deletions, Matches, Sequences, WrongSequences) = (0, 0, 0, 0, 0, 0);
}
