using Nabla.Data;
using Nabla.Metrics;
using Nabla.Models;

namespace Nabla.Training;

/// <summary>
/// Evaluates a classifier of tokens on the words that it reads, each by its first token: <c>loss</c>, <c>accuracy</c>, and, where tags are
/// BIO, the entity-level <c>precision</c>, <c>recall</c> and <c>f1</c> of <see cref="EntityMetrics"/>, which then decides what is best;
/// else
/// the accuracy does.
/// </summary>
/// <param name="model">The classifier.</param>
public sealed class TokenClassificationEvaluator(BertForTokenClassification model) : Evaluator<FineTuningBatch>
{
    private readonly IReadOnlyList<string> tags = model.Bert.Configuration.Labels;

    /// <summary>Whether tags are of entities: <c>O</c>, <c>B-</c> and <c>I-</c>.</summary>
    public bool HasEntities => tags.All(tag => tag == "O" || tag.StartsWith("B-", StringComparison.Ordinal)
        || tag.StartsWith("I-", StringComparison.Ordinal));

    /// <summary>The entities of the last evaluation; empty where tags are not of entities.</summary>
    public EntityMetrics Entities { get; } = new();

    /// <summary>Each word's tag against that predicted, in the last evaluation.</summary>
    public ConfusionMatrix Matrix { get; } = new(model.Bert.Configuration.Labels.Count);

    /// <inheritdoc/>
    public override Goal Goal => new(HasEntities ? "f1" : "accuracy", LargerIsBetter: true);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Evaluate(Pipeline<FineTuningBatch> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Entities.Reset();
        Matrix.Reset();
        var loss = 0.0;
        foreach (var batch in data)
        {
            var logits = model.Forward(batch.Input);                                       // values [tokens, tags]
            if (batch.LossCount > 0) loss += FineTuning.Loss(logits, batch).Item() * batch.LossCount;
            var (predicted, at) = (logits.Values.ArgMax(axis: 1).ToArray<long>(), 0);
            foreach (var example in batch.Examples)
            {
                int[] words = [.. Enumerable.Range(0, example.Labels.Count).Where(i => example.Labels[i] != EncodedExample.Ignored)];
                Update([.. words.Select(i => example.Labels[i])], [.. words.Select(i => predicted[at + i])]);
                at += example.Text.Count;
            }
        }
        var metrics = new Dictionary<string, double> { ["loss"] = loss / Math.Max(1, Matrix.Total), ["accuracy"] = Matrix.Accuracy };
        if (!HasEntities) metrics["macro_f1"] = Matrix.F1(Average.Macro);
        else (metrics["precision"], metrics["recall"], metrics["f1"]) = (Entities.Precision(), Entities.Recall(), Entities.F1());
        return metrics;
    }

    private void Update(long[] targets, long[] predictions)
    {
        Matrix.Update<long>(targets, predictions);
        if (HasEntities) Entities.Update([.. targets.Select(tag => tags[(int)tag])], [.. predictions.Select(tag => tags[(int)tag])]);
    }
}
