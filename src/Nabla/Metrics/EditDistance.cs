namespace Nabla.Metrics;

/// <summary>The fewest changes that make one sequence of another (Levenshtein 1966), by their kinds.</summary>
/// <param name="Substitutions">Symbols of the reference in whose place is another.</param>
/// <param name="Insertions">Symbols that the reference does not have.</param>
/// <param name="Deletions">Symbols of the reference that are missing.</param>
/// <param name="Matches">Symbols that are right.</param>
public readonly record struct Edits(int Substitutions, int Insertions, int Deletions, int Matches)
{
    /// <summary>How many changes there are in all.</summary>
    public int Distance => Substitutions + Insertions + Deletions;
}

/// <summary>Levenshtein's distance.</summary>
public static class EditDistance
{
    /// <summary>
    /// The fewest substitutions, insertions and deletions that make <paramref name="hypothesis"/> of <paramref name="reference"/>. Where several ways are as short, the one with the most substitutions
    /// (and so the fewest insertions and deletions) counts. Time |reference| · |hypothesis|, memory |hypothesis|.
    /// </summary>
    /// <param name="reference">What is right.</param>
    /// <param name="hypothesis">What is to be judged.</param>
    /// <param name="comparer">When two symbols are the same; null: as they compare by themselves.</param>
    public static Edits Of<T>(IReadOnlyList<T> reference, IReadOnlyList<T> hypothesis, IEqualityComparer<T>? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(hypothesis);
        comparer ??= EqualityComparer<T>.Default;
        // row[j]: the edits between the first i symbols of the reference and the first j of the hypothesis.
        var row = new Edits[hypothesis.Count + 1];
        for (var j = 1; j < row.Length; j++) row[j] = new(0, j, 0, 0);
        for (var i = 0; i < reference.Count; i++)
        {
            var before = row[0];
            row[0] = new(0, 0, i + 1, 0);
            for (var j = 0; j < hypothesis.Count; j++)
            {
                var together = comparer.Equals(reference[i], hypothesis[j]) ? before with { Matches = before.Matches + 1 } : before with { Substitutions = before.Substitutions + 1 };
                var missing = row[j + 1] with { Deletions = row[j + 1].Deletions + 1 };
                var added = row[j] with { Insertions = row[j].Insertions + 1 };
                before = row[j + 1];
                row[j + 1] = Shorter(together, Shorter(missing, added));
            }
        }
        return row[^1];
    }

    private static Edits Shorter(Edits a, Edits b) => (b.Distance, b.Insertions + b.Deletions).CompareTo((a.Distance, a.Insertions + a.Deletions)) < 0 ? b : a;
}
