using Nabla.Data;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Models;

namespace Nabla.Training;

/// <summary>The class that was predicted for an example.</summary>
/// <param name="Target">Its class.</param>
/// <param name="Predicted">The class with the highest probability.</param>
/// <param name="Probability">That probability.</param>
public readonly record struct ClassPrediction(int Target, int Predicted, double Probability);

/// <summary>
/// Evaluates a classifier of texts or pairs: <c>loss</c>, <c>accuracy</c>, <c>macro_f1</c>, and of two classes <c>matthews</c>. Accuracy
/// decides what is best.
/// </summary>
/// <param name="model">The classifier.</param>
public sealed class SequenceClassificationEvaluator(BertForSequenceClassification model) : Evaluator<FineTuningBatch>
{
    private readonly List<ClassPrediction> predictions = [];

    /// <summary>The confusion matrix of the last evaluation.</summary>
    public ConfusionMatrix Matrix { get; } = new(model.Bert.Configuration.Labels.Count);

    /// <summary>Of the last evaluation, in the order of the examples.</summary>
    public IReadOnlyList<ClassPrediction> Predictions => predictions;

    /// <inheritdoc/>
    public override Goal Goal => new("accuracy", LargerIsBetter: true);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Evaluate(Pipeline<FineTuningBatch> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        Matrix.Reset();
        predictions.Clear();
        var loss = 0.0;
        foreach (var batch in data)
        {
            var logits = model.Forward(batch.Input);                                       // [batch, classes]
            loss += logits.CrossEntropy(batch.Labels).Item() * batch.Examples.Count;
            var predicted = logits.ArgMax(axis: 1);
            Matrix.Update(batch.Labels, predicted);
            var probabilities = logits.Softmax(axis: 1).Max(1).To(DType.Float64).ToArray<double>();
            foreach (var (i, label) in predicted.ToArray<long>().Index())
                predictions.Add(new((int)batch.Examples[i].Labels[0], (int)label, probabilities[i]));
        }
        var metrics = new Dictionary<string, double>
        {
            ["loss"] = loss / Matrix.Total, ["accuracy"] = Matrix.Accuracy, ["macro_f1"] = Matrix.F1(Average.Macro),
        };
        if (Matrix.Classes == 2) metrics["matthews"] = Matrix.Matthews;
        return metrics;
    }
}

/// <summary>
/// Evaluates a regression on texts or pairs: <c>loss</c> (the mean squared error), <c>pearson</c>, <c>spearman</c> and <c>rmse</c>.
/// Pearson's
/// r decides what is best.
/// </summary>
/// <param name="model">A classifier with one label.</param>
public sealed class SequenceRegressionEvaluator(BertForSequenceClassification model) : Evaluator<FineTuningBatch>
{
    private readonly List<double> predictions = [];

    /// <summary>Of the last evaluation, in the order of the examples.</summary>
    public IReadOnlyList<double> Predictions => predictions;

    /// <inheritdoc/>
    public override Goal Goal => new("pearson", LargerIsBetter: true);

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Evaluate(Pipeline<FineTuningBatch> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        predictions.Clear();
        var (errors, ranks) = (new RegressionMetrics(), new SpearmanCorrelation());
        foreach (var batch in data)
        {
            var predicted = model.Forward(batch.Input).Squeeze(1).To(DType.Float64);       // [batch]
            predictions.AddRange(predicted.ToArray<double>());
            var targets = batch.Numbers.To(DType.Float64);
            errors.Update(targets, predicted);
            ranks.Update(targets, predicted);
        }
        return new Dictionary<string, double>
        {
            ["loss"] = errors.MeanSquaredError, ["pearson"] = errors.Pearson, ["spearman"] = ranks.Value,
            ["rmse"] = errors.RootMeanSquaredError,
        };
    }
}
