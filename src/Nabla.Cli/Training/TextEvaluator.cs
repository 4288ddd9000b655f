using Nabla.Data;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Training;

namespace Nabla.Cli.Training;

/// <summary>Judges a classifier of texts: <c>loss</c>, <c>accuracy</c>, <c>macro_f1</c>, and of two classes the <c>f1</c> of the rarer one. The mean F1 of the classes decides what is best.</summary>
sealed class TextEvaluator(SequenceClassifier model, int classes) : Evaluator<TextBatch>
{
    /// <summary>Of the last evaluation.</summary>
    public ConfusionMatrix Matrix { get; } = new(classes);

    public override Goal Goal => new("macro_f1", LargerIsBetter: true);

    public override IReadOnlyDictionary<string, double> Evaluate(Pipeline<TextBatch> data)
    {
        Matrix.Reset();
        var loss = 0.0;
        foreach (var batch in data)
        {
            var logits = model.Forward(batch.Tokens);                                      // [batch, classes]
            loss += logits.CrossEntropy(batch.Labels).Item() * batch.Labels.Length;
            Matrix.Update(batch.Labels, logits.ArgMax(axis: 1));
        }
        var metrics = new Dictionary<string, double> { ["loss"] = loss / Matrix.Total, ["accuracy"] = Matrix.Accuracy, ["macro_f1"] = Matrix.F1(Average.Macro) };
        if (classes == 2) metrics["f1"] = Matrix.F1(Rarer);
        return metrics;
    }

    /// <summary>The class that there is less of.</summary>
    public int Rarer => Enumerable.Range(0, classes).MinBy(Matrix.Support);
}
