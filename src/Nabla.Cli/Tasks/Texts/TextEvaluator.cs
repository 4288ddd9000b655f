using Nabla.Data;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Training;

namespace Nabla.Cli.Tasks.Texts;

/// <summary>Evaluates a text classifier: <c>loss</c>, <c>accuracy</c>, <c>macro_f1</c>, and of two classes the <c>f1</c> of the rarer one.
/// The macro F1 decides what is best.</summary>
sealed class TextEvaluator(SequenceClassifier model, int classes) : Evaluator<TextBatch>
{
    /// <summary>Of the last evaluation.</summary>
    public ConfusionMatrix Matrix { get; } = new(classes);

    public static Goal MacroF1 { get; } = new("macro_f1", LargerIsBetter: true);

    public override Goal Goal => MacroF1;

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
        var metrics = new Dictionary<string, double> { ["loss"] = loss / Matrix.Total, ["accuracy"] = Matrix.Accuracy,
            ["macro_f1"] = Matrix.F1(Average.Macro) };
        if (classes == 2) metrics["f1"] = Matrix.F1(Rarer);
        return metrics;
    }

    /// <summary>The metrics of the last evaluation in a sentence.</summary>
    /// <param name="accuracy">What the accuracy is called: Test accuracy.</param>
    /// <param name="metrics">Of the last evaluation.</param>
    /// <param name="names">What the classes are called.</param>
    /// <param name="data">Of which data: 548 texts.</param>
    public string Headline(string accuracy, IReadOnlyDictionary<string, double> metrics, IReadOnlyList<string> names, string data) =>
        Invariant($"{accuracy} {metrics["accuracy"]:0.00%} ({data}), ") +
        (metrics.TryGetValue("f1", out var f1) ? Invariant($"F1 of {names[Rarer]} {f1:0.0000}.")
            : Invariant($"macro F1 {metrics["macro_f1"]:0.0000}."));

    int Rarer => Enumerable.Range(0, classes).MinBy(Matrix.Support);
}
