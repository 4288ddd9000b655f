namespace Nabla.Metrics;

/// <summary>
/// Precision, recall and F1 of named entities: one is right if its type, its first and its last word are. Definitions as in CoNLL's
/// <c>conlleval</c> and <c>seqeval</c> 1.2 in its default mode; a type that only predictions have counts in macro averages too. Streaming:
/// update it sentence by sentence; counts from several threads merge.
/// </summary>
/// <param name="undefined">The value of a ratio whose denominator is 0.</param>
public sealed class EntityMetrics(Undefined undefined = Undefined.Zero)
{
    private readonly SortedDictionary<string, BinaryCounts> counts = new(StringComparer.Ordinal);
    private long words, rightWords;

    /// <summary>The types of all entities, in ordinal order.</summary>
    public IReadOnlyList<string> Types => [.. counts.Keys];

    /// <summary>How many entities the targets have.</summary>
    public long Entities => counts.Values.Sum(type => type.Positives);

    /// <summary>The share of words with the right tag.</summary>
    public double Accuracy => Ratio.Of(rightWords, words, undefined);

    /// <summary>Adds a sentence.</summary>
    /// <param name="targets">The tag of each word.</param>
    /// <param name="predictions">The tag that was predicted for each.</param>
    /// <exception cref="ArgumentException">There is not one prediction for each word, or a tag is neither O nor one of an entity. Nothing
    /// is counted.</exception>
    public void Update(IReadOnlyList<string> targets, IReadOnlyList<string> predictions)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(predictions);
        Inputs.CheckLengths(targets.Count, predictions.Count, nameof(EntityMetrics), nameof(predictions));
        var (truths, guesses) = (Metrics.Entities.Of(targets).ToHashSet(), Metrics.Entities.Of(predictions));
        (words, rightWords) = (words + targets.Count, rightWords + targets.Zip(predictions).Count(pair => pair.First == pair.Second));
        foreach (var guess in guesses)
        {
            // True positives leave the set; what is left in it was missed.
            var isRight = truths.Remove(guess);
            Add(guess.Type, new(undefined, isRight ? 1 : 0, isRight ? 0 : 1, 0, 0));
        }
        foreach (var missed in truths) Add(missed.Type, new(undefined, 0, 0, 0, 1));
    }

    /// <summary>Adds the counts of another.</summary>
    public void Merge(EntityMetrics other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (words, rightWords) = (words + other.words, rightWords + other.rightWords);
        foreach (var (type, more) in other.counts.ToArray()) Add(type, more);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        counts.Clear();
        (words, rightWords) = (0, 0);
    }

    /// <summary>
    /// Entities of the type that are right, that were predicted wrongly, and that were missed. There are no true negatives.
    /// </summary>
    /// <exception cref="KeyNotFoundException">Neither targets nor predictions have such an entity.</exception>
    public BinaryCounts Of(string type) => counts.TryGetValue(type, out var found) ? found
        : throw new KeyNotFoundException($"EntityMetrics: there is no entity of type \"{type}\"; there are {string.Join(", ", Types)}.");

    /// <summary>Right entities / predicted entities.</summary>
    public double Precision(Average average = Average.Micro) => Over(average, type => type.Precision);

    /// <summary>Right entities / entities of the targets.</summary>
    public double Recall(Average average = Average.Micro) => Over(average, type => type.Recall);

    /// <summary>The harmonic mean of precision and recall.</summary>
    public double F1(Average average = Average.Micro) => Over(average, type => type.F1);

    /// <summary>Precision, recall, F1 and support of every type and averaged; it prints as a table.</summary>
    public EntityReport Report()
    {
        ReportRow Averaged(string name, Average average) => new(name, Precision(average), Recall(average), F1(average), Entities);
        return new([.. counts.Select(type => new ReportRow(type.Key, type.Value.Precision, type.Value.Recall, type.Value.F1,
            type.Value.Positives))],
            Averaged("micro avg", Average.Micro), Averaged("macro avg", Average.Macro), Averaged("weighted avg", Average.Weighted));
    }

    private void Add(string type, BinaryCounts more)
    {
        if (!counts.TryGetValue(type, out var found)) counts[type] = found = new(undefined);
        found.Merge(more);
    }

    private double Over(Average average, Func<BinaryCounts, double> metric) => Averages.Of(counts.Values, average, metric, undefined);
}
