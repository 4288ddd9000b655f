namespace Nabla.Metrics;

/// <summary>What the precision of an order counts for in which no n-gram is right.</summary>
public enum BleuSmoothing
{
    /// <summary>Nothing: the score is 0 (Papineni et al. 2002).</summary>
    None,
    /// <summary>1/2 of an n-gram in the first such order, 1/4 in the second and so on (Lin and Och 2004; NIST's mteval and sacrebleu's default, <c>exp</c>).</summary>
    Exponential,
}

/// <summary>
/// BLEU of a corpus (Papineni et al. 2002): 100 · BP · exp(Σₙ ln pₙ / N). pₙ is the share of the hypotheses' n-grams that a reference has too, each as often as in the reference that has it most
/// often; BP = min(1, exp(1 − r/h)) with the lengths h of the hypotheses and r of the references, for each sentence the one that is nearest, the shorter of two. Streaming; scores from several threads
/// merge. Scores compare only where texts are tokenized alike: <see cref="MtevalTokens"/> is what sacrebleu calls 13a.
/// </summary>
public sealed class Bleu
{
    private readonly long[] correct, total;
    private readonly BleuSmoothing smoothing;
    private readonly bool effectiveOrder;

    /// <summary>Nothing counted yet.</summary>
    /// <param name="order">N, the length of the longest n-grams: 1 or more.</param>
    /// <param name="smoothing">What an order without a right n-gram counts for.</param>
    /// <param name="effectiveOrder">Whether orders that the hypotheses are too short for are left out of the mean: for single sentences. Otherwise they make the score 0.</param>
    public Bleu(int order = 4, BleuSmoothing smoothing = BleuSmoothing.Exponential, bool effectiveOrder = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        (correct, total, this.smoothing, this.effectiveOrder) = (new long[order], new long[order], smoothing, effectiveOrder);
    }

    /// <summary>h: symbols of all hypotheses.</summary>
    public long HypothesisLength { get; private set; }

    /// <summary>r: symbols of the references nearest in length.</summary>
    public long ReferenceLength { get; private set; }

    /// <summary>min(1, exp(1 − r/h)), and 0 where h is 0.</summary>
    public double BrevityPenalty => HypothesisLength >= ReferenceLength ? 1 : HypothesisLength == 0 ? 0 : Math.Exp(1 - ((double)ReferenceLength / HypothesisLength));

    /// <summary>100 · pₙ for n = 1 … N, smoothed; 0 for an order that the hypotheses are too short for.</summary>
    public IReadOnlyList<double> Precisions
    {
        get
        {
            var (precisions, half) = (new double[correct.Length], 1.0);
            for (var n = 0; n < precisions.Length && total[n] > 0; n++)
            {
                var right = correct[n] > 0 || smoothing == BleuSmoothing.None ? correct[n] : half /= 2;
                precisions[n] = 100 * right / total[n];
            }
            return precisions;
        }
    }

    /// <summary>The score, 0 … 100. It is 0 where nothing is right.</summary>
    public double Value
    {
        get
        {
            if (correct[0] == 0) return 0;
            var used = effectiveOrder ? total.Count(count => count > 0) : total.Length;
            var precisions = Precisions.Take(used).ToArray();
            return precisions.Contains(0) ? 0 : 100 * BrevityPenalty * Math.Exp(precisions.Sum(precision => Math.Log(precision / 100)) / used);
        }
    }

    /// <summary>Adds a hypothesis and its references.</summary>
    /// <param name="hypothesis">Words, or symbols of any kind that can be compared.</param>
    /// <param name="references">At least one.</param>
    /// <exception cref="ArgumentException">There is no reference. Nothing is counted.</exception>
    public void Update<T>(IReadOnlyList<T> hypothesis, params ReadOnlySpan<IReadOnlyList<T>> references) where T : notnull
    {
        ArgumentNullException.ThrowIfNull(hypothesis);
        if (references.IsEmpty) throw new ArgumentException("Bleu: there is no reference to compare the hypothesis with; give at least one.", nameof(references));
        var grams = new NGrams<T>();
        var wanted = new Dictionary<int, int>[correct.Length];
        for (var n = 0; n < wanted.Length; n++) wanted[n] = [];
        var nearest = references[0].Count;
        foreach (var reference in references)
        {
            var (apart, least) = (Math.Abs(reference.Count - hypothesis.Count), Math.Abs(nearest - hypothesis.Count));
            if (apart < least || (apart == least && reference.Count < nearest)) nearest = reference.Count;
            foreach (var (most, counts) in wanted.Zip(grams.Count(reference, correct.Length)))
                foreach (var (name, count) in counts) most[name] = Math.Max(count, most.GetValueOrDefault(name));
        }
        foreach (var (n, counts) in grams.Count(hypothesis, correct.Length).Index())
            (correct[n], total[n]) = (correct[n] + NGrams<T>.Common(counts, wanted[n]), total[n] + Math.Max(0, hypothesis.Count - n));
        (HypothesisLength, ReferenceLength) = (HypothesisLength + hypothesis.Count, ReferenceLength + nearest);
    }

    /// <summary>Adds the counts of another of the same order.</summary>
    public void Merge(Bleu other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.correct.Length != correct.Length) throw new ArgumentException($"Bleu: n-grams of up to {other.correct.Length} symbols do not merge into those of up to {correct.Length}.", nameof(other));
        for (var n = 0; n < correct.Length; n++) (correct[n], total[n]) = (correct[n] + other.correct[n], total[n] + other.total[n]);
        (HypothesisLength, ReferenceLength) = (HypothesisLength + other.HypothesisLength, ReferenceLength + other.ReferenceLength);
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Array.Clear(correct);
        Array.Clear(total);
        (HypothesisLength, ReferenceLength) = (0, 0);
    }
}
