namespace Nabla.Metrics;

/// <summary>
/// From which score of "no answer" on a question is left unanswered (SQuAD 2.0; the <c>best_f1_thresh</c> of its evaluation script).
/// Questions of equal scores are answered or left together, where the script may part them.
/// </summary>
/// <param name="Value">A question is answered if its score is not above it; −∞: none is.</param>
/// <param name="Score">The mean exact match or F1 that follows.</param>
public readonly record struct NoAnswerThreshold(double Value, double Score)
{
    /// <summary>The threshold with the highest mean; of several the lowest.</summary>
    /// <param name="noAnswer">Of each question, the score of leaving it unanswered: a probability, or the logit of no answer less that of
    /// the best answer.</param>
    /// <param name="answered">What its answer would bring: <see cref="SquadMetrics.F1Of(string, IReadOnlyList{string})"/> of it, or its
    /// exact match.</param>
    /// <param name="unanswered">What leaving it unanswered would bring: 1 where it cannot be answered, else 0.</param>
    /// <exception cref="ArgumentException">The lengths differ, there is no question, or a score is NaN.</exception>
    public static NoAnswerThreshold Best(ReadOnlySpan<double> noAnswer, ReadOnlySpan<double> answered, ReadOnlySpan<double> unanswered)
    {
        if (noAnswer.IsEmpty || noAnswer.Length != answered.Length || noAnswer.Length != unanswered.Length)
            throw new ArgumentException($"NoAnswerThreshold: {noAnswer.Length} scores for {answered.Length} answers and "
                + $"{unanswered.Length} left unanswered; there must be one for each question, and at least one.", nameof(noAnswer));
        Inputs.CheckNotNaN(noAnswer, nameof(NoAnswerThreshold), nameof(noAnswer));
        var (scores, order) = (noAnswer.ToArray(), Enumerable.Range(0, noAnswer.Length).ToArray());
        Array.Sort(scores, order);
        var sum = 0.0;
        foreach (var value in unanswered) sum += value;
        var (best, threshold) = (sum, double.NegativeInfinity);
        for (var i = 0; i < order.Length; i++)
        {
            sum += answered[order[i]] - unanswered[order[i]];
            if (sum > best && (i + 1 == order.Length || scores[i + 1] > scores[i])) (best, threshold) = (sum, scores[i]);
        }
        return new(threshold, best / order.Length);
    }
}
