using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Models;
using Nabla.Optimizers;

namespace Nabla.Training;

/// <summary>
/// The parts of fine-tuning a pretrained BERT (Devlin et al. 2018, §4 and §A.3), for a <see cref="Trainer{TBatch}"/>: batches, the loss of
/// each head, the optimizer, and layers that are frozen.
/// </summary>
public static class FineTuning
{
    private const string Layers = "bert.layers";

    /// <summary>A small model is one whose hidden states are narrower than this.</summary>
    private const int LargeHiddenSize = 512;

    /// <summary>
    /// The mean loss of a batch: of <see cref="BertForSequenceClassification"/> the cross entropy, or with one label (regression) the mean
    /// squared error; of <see cref="BertForTokenClassification"/> the cross entropy over tokens with a tag; of
    /// <see cref="BertForQuestionAnswering"/> the mean of those of start and end.
    /// </summary>
    /// <exception cref="ArgumentException">The model has another head.</exception>
    public static Tensor Loss(IBertModel model, FineTuningBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return model switch
        {
            BertForSequenceClassification classifier => Loss(classifier, classifier.Forward(batch.Input), batch),
            BertForTokenClassification tagger => Loss(tagger.Forward(batch.Input), batch),
            BertForQuestionAnswering reader => BertForQuestionAnswering.Loss(reader.Forward(batch.Input), batch.Column(0), batch.Column(1)),
            _ => throw new ArgumentException($"FineTuning.Loss: a {model?.GetType().Name} has no loss here; there are those of " +
                "BertForSequenceClassification, BertForTokenClassification and BertForQuestionAnswering.", nameof(model)),
        };
    }

    /// <summary>Whether a classifier has one label, so that its output is a number.</summary>
    public static bool IsRegression(BertConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.Labels.Count == 1;
    }

    /// <summary>Batches in an order of their own in each epoch.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="size">Examples of a batch.</param>
    /// <param name="seed">Chooses the order.</param>
    public static Pipeline<FineTuningBatch> Batches(IReadOnlyList<EncodedExample> examples, int size, ulong seed) =>
        Dataset.From(examples).Shuffle(seed).Batch(size, FineTuningBatch.From);

    /// <summary>Batches in the order of the examples, for evaluation.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="size">Examples of a batch.</param>
    public static Pipeline<FineTuningBatch> Batches(IReadOnlyList<EncodedExample> examples, int size = 32) =>
        Dataset.From(examples).Batch(size, FineTuningBatch.From);

    /// <summary>
    /// AdamW with decoupled weight decay of all but biases and the parameters of layer normalisations.
    /// </summary>
    /// <param name="model">What is trained.</param>
    /// <param name="learningRate">The highest learning rate; null: that of <see cref="LearningRate"/>.</param>
    /// <param name="weightDecay">The weight decay, 0 or more.</param>
    /// <param name="layerDecay">By what the learning rate is multiplied from one layer to the one below, above 0 and at most 1.</param>
    public static AdamW Optimizer(IBertModel model, double? learningRate = null, double weightDecay = 0.01, double layerDecay = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new([.. ParameterGroup.ForFineTuning(model, Layers, layerDecay)], learningRate ?? LearningRate(model.Bert.Configuration))
        {
            WeightDecay = weightDecay,
        };
    }

    /// <summary>A usual learning rate: 1e-4 of small models (hidden size below 512), 2e-5 of others (Devlin et al. 2018, §A.3; Turc et al.
    /// 2019, §5).</summary>
    public static double LearningRate(BertConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.HiddenSize < LargeHiddenSize ? 1e-4 : 2e-5;
    }

    /// <summary>Freezes the embeddings and the first layers, so that neither is trained.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layers">How many layers above the embeddings are frozen too, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model has fewer layers.</exception>
    public static void Freeze(IBertModel model, int layers = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(layers);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layers, model.Bert.Layers.Count);
        model.Bert.Embeddings.Freeze();
        foreach (var layer in model.Bert.Layers.Take(layers)) layer.Freeze();
    }

    internal static Tensor Loss(BertForSequenceClassification model, Tensor logits, FineTuningBatch batch) =>
        IsRegression(model.Bert.Configuration) ? logits.Squeeze(1).MeanSquaredError(batch.Numbers) : logits.CrossEntropy(batch.Labels);

    internal static Tensor Loss(Ragged logits, FineTuningBatch batch) =>
        logits.Values.CrossEntropy(batch.Labels, new() { IgnoredLabel = EncodedExample.Ignored });
}
