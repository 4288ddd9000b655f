using Nabla.Data;
using Nabla.Models;

namespace Nabla.Training;

/// <summary>
/// The loss of BERT's pretraining (Devlin et al. 2018, §3.1): the mean cross-entropy over the masked tokens plus that over the pairs.
/// Batches without pairs have the first term alone.
/// <code>
/// var trainer = new Trainer&lt;PretrainingBatch, int&gt;(model, optimizer, batch => (BertPretraining.Losses(model, batch), batch.Count), BertPretraining.Terms);
/// </code>
/// </summary>
public static class BertPretraining
{
    /// <summary>What the two means are over: <c>mlm</c> the masked tokens, <c>nsp</c> the pairs.</summary>
    public static IReadOnlyList<LossTerm<PretrainingBatch>> Terms { get; } =
        [new("mlm_loss", batch => batch.MaskedCount), new("nsp_loss", batch => batch.PairCount)];

    /// <summary>The two means of a batch, in the order of <see cref="Terms"/>; logits are computed at the masked positions only.</summary>
    public static IReadOnlyList<Tensor> Losses(BertForPreTraining model, PretrainingBatch batch)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(batch);
        var input = new BertInput(batch.Ids, batch.TypeIds);
        if (batch.NextLabels is not { } next)
        {
            var hidden = model.Bert.Forward(input).Values.IndexSelect(0, batch.MaskedPositions);
            return [model.Predictions.Forward(hidden).CrossEntropy(batch.MaskedLabels), Tensor.Scalar(0, hidden.DType)];
        }
        var (tokens, nextSentence) = model.Forward(input, batch.MaskedPositions);
        return [tokens.CrossEntropy(batch.MaskedLabels), nextSentence.CrossEntropy(next)];
    }
}

/// <summary>
/// Evaluates a BERT on the tasks of its pretraining: <c>mlm_loss</c>, <c>mlm_accuracy</c> (masked tokens predicted exactly),
/// <c>nsp_loss</c>, <c>nsp_accuracy</c> and their sum <c>loss</c>; those of pairs only where the data has pairs. The accuracy of masked
/// tokens decides what is best.
/// </summary>
/// <param name="model">The model.</param>
public sealed class PretrainingEvaluator(BertForPreTraining model) : Evaluator<PretrainingBatch>
{
    /// <inheritdoc/>
    public override Goal Goal => new("mlm_accuracy", LargerIsBetter: true);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Evaluate(Pipeline<PretrainingBatch> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var (tokens, pairs) = (new Sum(), new Sum());
        foreach (var batch in data)
        {
            var hidden = model.Bert.Forward(new BertInput(batch.Ids, batch.TypeIds));
            tokens.Add(model.Predictions.Forward(hidden.Values.IndexSelect(0, batch.MaskedPositions)), batch.MaskedLabels);
            if (batch.NextLabels is { } next) pairs.Add(model.NextSentence.Forward(model.Bert.Pool(hidden)), next);
        }
        var metrics = new Dictionary<string, double>
        {
            ["loss"] = tokens.Loss + (pairs.Count > 0 ? pairs.Loss : 0), ["mlm_loss"] = tokens.Loss, ["mlm_accuracy"] = tokens.Accuracy,
        };
        if (pairs.Count > 0) (metrics["nsp_loss"], metrics["nsp_accuracy"]) = (pairs.Loss, pairs.Accuracy);
        return metrics;
    }

    private sealed class Sum
    {
        private double loss, correct;

        public long Count { get; private set; }

        public double Loss => loss / Count;

        public double Accuracy => correct / Count;

        public void Add(Tensor logits, Tensor labels)
        {
            loss += logits.CrossEntropy(labels).Item() * labels.Length;
            correct += logits.ArgMax(axis: 1).EqualTo(labels).To(DType.Float64).Sum().Item();
            Count += labels.Length;
        }
    }
}
