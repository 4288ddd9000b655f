namespace Nabla.Training;

/// <summary>The sums and the counts of each term over some batches.</summary>
internal sealed class TermSums<TBatch>(IReadOnlyList<LossTerm<TBatch>> terms)
{
    private readonly (double Sum, double Count)[] sums = new (double, double)[terms.Count];

    public IReadOnlyList<(double Sum, double Count)> Values => sums;

    public void Add(int term, double sum, double count) => sums[term] = (sums[term].Sum + sum, sums[term].Count + count);

    /// <summary>The sum of the terms' means, each times its weight. A term that counts for nothing is left out; NaN if all do.</summary>
    public double Loss => IsEmpty ? double.NaN : terms.Select((term, k) => sums[k].Count == 0 ? 0 : term.Weight * Mean(k)).Sum();

    /// <summary>Whether nothing has counted.</summary>
    public bool IsEmpty => sums.All(sum => sum.Count == 0);

    /// <summary>Each mean by the name of its term; null where there is only one.</summary>
    public Dictionary<string, double>? Means => terms.Count == 1 ? null
        : new(terms.Select((term, k) => KeyValuePair.Create(term.Name, Mean(k))));

    private double Mean(int term) => sums[term].Sum / sums[term].Count;
}

/// <summary>What a loss closure gave for a batch: the mean of each term, and who is told of the output.</summary>
internal readonly record struct BatchLosses(IReadOnlyList<Tensor> Means, Action<ITrainingCallback>? TellOutput = null);

/// <summary>
/// How much each batch of a step counts in each term, so that the weighted losses add up to the loss of the batch that they would make
/// together: count / sum of the counts.
/// </summary>
internal sealed class StepWeights<TBatch>
{
    private readonly IReadOnlyList<LossTerm<TBatch>> terms;
    private readonly double[][] counts;
    private readonly double[] totals;

    public StepWeights(IReadOnlyList<LossTerm<TBatch>> terms, IReadOnlyList<TBatch> group)
    {
        this.terms = terms;
        counts = [.. group.Select(batch => terms.Select(term => term.Count(batch)).ToArray())];
        totals = [.. terms.Select((_, k) => counts.Sum(count => count[k]))];
    }

    /// <summary>The part of the step's loss that a batch contributes; a term that counts for nothing in it is left out.</summary>
    public Tensor Loss(int batch, IReadOnlyList<Tensor> means)
    {
        var loss = (Tensor?)null;
        for (var k = 0; k < terms.Count; k++)
        {
            if (counts[batch][k] == 0) continue;
            var weight = terms[k].Weight * Share(batch, k);
            var weighted = weight == 1 ? means[k] : means[k] * weight;
            loss = loss is null ? weighted : loss + weighted;
        }
        return loss ?? Tensor.Scalar(0);
    }

    /// <summary>Adds what a batch came to.</summary>
    public void AddTo(TermSums<TBatch> sums, int batch, IReadOnlyList<Tensor> means)
    {
        for (var k = 0; k < terms.Count; k++)
            if (counts[batch][k] is > 0 and var count) sums.Add(k, means[k].Item() * count, count);
    }

    private double Share(int batch, int term) => counts[batch][term] / totals[term];
}
