using Nabla.Data;

namespace Nabla.Training;

/// <summary>Which metric decides what is best.</summary>
/// <param name="Metric">Its name among those of the evaluator.</param>
/// <param name="LargerIsBetter">Whether it is to rise (accuracy) and not to fall (a loss).</param>
public sealed record Goal(string Metric, bool LargerIsBetter = false)
{
    /// <summary>Whether a value is better than another by more than a margin. Any number is better than NaN or nothing.</summary>
    internal bool IsBetter(double value, double? than, double margin = 0) =>
        !double.IsNaN(value) && (than is not { } other || double.IsNaN(other) || (LargerIsBetter ? value > other + margin : value < other - margin));
}

/// <summary>Judges a model on data that it is not trained by. The trainer calls it with <see cref="Mode.Evaluate"/>: without dropout, with running statistics.</summary>
public abstract class Evaluator<TBatch>
{
    /// <summary>Goes through the first epoch of the data and returns its metrics by name.</summary>
    public abstract IReadOnlyDictionary<string, double> Evaluate(Pipeline<TBatch> data);

    /// <summary>Which of its metrics decides what is best, unless the trainer is told another.</summary>
    public virtual Goal Goal => new("loss");
}

/// <summary>The mean loss over all examples, and each term of it where there are several.</summary>
/// <param name="losses">The means of a batch.</param>
/// <param name="terms">What they are over.</param>
internal sealed class LossEvaluator<TBatch>(Func<TBatch, BatchLosses> losses, IReadOnlyList<LossTerm<TBatch>> terms) : Evaluator<TBatch>
{
    public override IReadOnlyDictionary<string, double> Evaluate(Pipeline<TBatch> data)
    {
        var sums = new TermSums<TBatch>(terms);
        foreach (var batch in data)
        {
            var means = losses(batch).Means;
            for (var k = 0; k < terms.Count; k++)
                if (terms[k].Count(batch) is > 0 and var count) sums.Add(k, means[k].Item() * count, count);
        }
        return new Dictionary<string, double>(sums.Means ?? []) { ["loss"] = sums.Loss };
    }
}
