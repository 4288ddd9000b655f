using Nabla.Data;
using Nabla.Metrics;

namespace Nabla.Training;

/// <summary>
/// Judges a classifier: <c>loss</c> (the cross-entropy), <c>accuracy</c> and <c>macro_f1</c>; keeps the confusion matrix and the surest mistakes of the
/// last evaluation. Accuracy decides what is best.
/// </summary>
/// <param name="logits">The model.  inputs: [batch, ..] → [batch, classes]</param>
/// <param name="classes">How many classes there are.</param>
public sealed class ClassificationEvaluator(Func<Tensor, Tensor> logits, int classes) : Evaluator<LabelledBatch>
{
    private readonly PriorityQueue<Mistake, double> mistakes = new();

    /// <summary>How many mistakes are kept with their pictures.</summary>
    public int KeptMistakes { get; init; }

    /// <summary>Of the last evaluation; empty before the first.</summary>
    public ConfusionMatrix Matrix { get; } = new(classes);

    /// <summary>Of the last evaluation: the examples that were called wrongly with the greatest probability, the surest first.</summary>
    public IReadOnlyList<Mistake> Mistakes => [.. mistakes.UnorderedItems.OrderByDescending(entry => entry.Priority).Select(entry => entry.Element)];

    /// <inheritdoc/>
    public override Goal Goal => new("accuracy", LargerIsBetter: true);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Evaluate(Pipeline<LabelledBatch> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Matrix.Reset();
        mistakes.Clear();
        var loss = 0.0;
        foreach (var batch in data)
        {
            var scores = logits(batch.Inputs);                                             // [batch, classes]
            var called = scores.ArgMax(axis: 1);
            loss += scores.CrossEntropy(batch.Labels).Item() * batch.Labels.Length;
            if (KeptMistakes > 0) Keep(batch, scores, called.ToArray<long>(), Matrix.Total);
            Matrix.Update(batch.Labels, called);
        }
        return new Dictionary<string, double> { ["loss"] = loss / Matrix.Total, ["accuracy"] = Matrix.Accuracy, ["macro_f1"] = Matrix.F1(Average.Macro) };
    }

    private void Keep(LabelledBatch batch, Tensor scores, long[] called, long before)
    {
        var truth = batch.Labels.To(DType.Int64).ToArray<long>();
        if (truth.AsSpan().SequenceEqual(called)) return;
        var probabilities = scores.Softmax(axis: 1).To(DType.Float32).ToArray<float>();
        for (var i = 0; i < truth.Length; i++)
        {
            if (truth[i] == called[i]) continue;
            var probability = probabilities[(i * classes) + called[i]];
            if (mistakes.Count >= KeptMistakes && mistakes.TryPeek(out _, out var least) && probability <= least) continue;
            mistakes.Enqueue(new(before + i, batch.Inputs.Slice(0, i, i + 1).Squeeze(0).Clone(), (int)truth[i], (int)called[i], probability), probability);
            if (mistakes.Count > KeptMistakes) mistakes.Dequeue();
        }
    }
}

/// <summary>An example that was called wrongly.</summary>
/// <param name="Index">Its place in the data.</param>
/// <param name="Input">What the model saw.  [channels, height, width], or another shape without the batch</param>
/// <param name="Truth">Its class.</param>
/// <param name="Called">The class it was taken for.</param>
/// <param name="Probability">How sure the model was, 0 … 1.</param>
public sealed record Mistake(long Index, Tensor Input, int Truth, int Called, double Probability);
