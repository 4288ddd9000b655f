using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Tasks.Texts;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Text;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Tasks.FineTuning;

/// <summary>A class for each text or pair of texts.</summary>
/// <param name="pairs">Whether they are pairs; null: the data decides.</param>
sealed class ClassHead(bool? pairs = null) : SequenceHead(pairs)
{
    public const string HeadName = "classes";

    /// <summary>More classes than this fraction of the rows are no classes, unless they are few.</summary>
    const double MostClasses = 0.1;

    const int FewClasses = 10, ShownMistakes = 20;

    public override string Name => HeadName;

    protected override LabelKind Labels => LabelKind.Classes;

    public override int ClassOf(TextExample example) => example.Class;

    public override BertConfiguration Configure(BertConfiguration configuration, IReadOnlyList<string> labels) =>
        configuration with { Labels = labels, ProblemType = "single_label_classification" };

    public override Evaluator<FineTuningBatch> NewEvaluator(IBertModel model, EncodedPart<TextExample> part) =>
        new SequenceClassificationEvaluator((BertForSequenceClassification)model);

    public override EvaluationText Describe(string prefix, Evaluator<FineTuningBatch> evaluator,
        IReadOnlyDictionary<string, double> metrics, EncodedPart<TextExample> part,
        IReadOnlyList<string> labels, IReadOnlyList<TextExample>? train)
    {
        var classes = (SequenceClassificationEvaluator)evaluator;
        var (matrix, count) = (classes.Matrix, part.Examples.Count);
        var weakest = labels.Count == 2 ? Enumerable.Range(0, 2).MinBy(matrix.Support) : Enumerable.Range(0, labels.Count)
            .Where(label => matrix.Support(label) > 0).MinBy(label => matrix.F1(label));
        var baseline = MajorityBaseline.Of<int>([.. (train ?? part.Examples).Select(one => one.Class)],
            [.. part.Examples.Select(one => one.Class)]);
        var interval = Proportion.Wilson((long)Math.Round(matrix.Accuracy * count), count);
        var headline = Invariant($"{Capital(prefix + "accuracy")} {matrix.Accuracy:0.0%} ({count:n0} {Unit}), F1 of {labels[weakest]} ") +
            Invariant($"{matrix.F1(weakest):0.00}, baseline {baseline.Accuracy:0.0%}.");
        return new(headline,
            [Invariant($"95% interval of the accuracy {interval.Lower:0.0%} to {interval.Upper:0.0%}; the baseline is always ") +
                $"{labels[(int)baseline.Class]}.", "", .. matrix.Report(labels).ToString(3).Split('\n')])
        {
            Judgement = new(Invariant($"{count:n0} {Unit} of the test part"), matrix, labels, []),
            Examples = ("Mistakes with the highest probability",
                ["text", .. IsPair ? (string[])["second text"] : [], "is", "predicted", "probability"],
                [.. part.Examples.Zip(classes.Predictions).Where(pair => pair.Second.Predicted != pair.Second.Target)
                    .OrderByDescending(pair => pair.Second.Probability).Take(ShownMistakes).Select(pair => (string[])
                    [
                        TextTables.Short(pair.First.Text, 200), .. IsPair ? (string[])[TextTables.Short(pair.First.SecondText!, 200)] : [],
                        labels[pair.Second.Target], labels[pair.Second.Predicted], Invariant($"{pair.Second.Probability:0.0%}"),
                    ])]),
        };
    }

    public override IEnumerable<Prediction> Predict(IBertModel model, BertTokenizer tokenizer, int maxLength, IReadOnlyList<string> inputs,
        int top)
    {
        var labels = model.Bert.Configuration.Labels;
        return inputs.Select(input =>
        {
            var probabilities = Logits(model, tokenizer, maxLength, input).Softmax(axis: 1).To(DType.Float32).ToArray<float>();
            return TrainedClassifier.Predicted(input, [.. labels.Zip(probabilities).OrderByDescending(one => one.Second).Take(top)]);
        });
    }

    protected override IReadOnlyList<string> LabelsOf(TextTable table) => table.Classes;

    protected override EncodedExample WithTarget(EncodedText text, TextExample example) => EncodedExample.OfClass(text, example.Class);

    protected override void Check(TextTable table, bool isTrained)
    {
        var (classes, rows) = (table.Classes, table.Examples.Count);
        if (isTrained) return;
        if (classes.Count < 2) throw new UserException($"{table.Path} has {classes.Count} class ({string.Join(", ", classes)}) in column " +
            $"{table.LabelColumn}; at least 2 are needed. Add rows of another class, or name another column: --label COLUMN.");
        if (classes.Count <= FewClasses || classes.Count <= MostClasses * rows) return;
        var numbers = classes.All(name => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _));
        throw new UserException(Invariant($"{table.Path}: column {table.LabelColumn} has {classes.Count:n0} classes in {rows:n0} rows, ") +
            $"which are too many to be learned. {(numbers ? "To predict the number itself: --regression. Or name" : "Name")} another " +
            "column: --label COLUMN.");
    }

    static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

/// <summary>A number for each text or pair of texts, such as how alike they are.</summary>
/// <param name="pairs">Whether they are pairs; null: the data decides.</param>
sealed class NumberHead(bool? pairs = null) : SequenceHead(pairs)
{
    public const string HeadName = "number";

    public override string Name => HeadName;

    protected override LabelKind Labels => LabelKind.Numbers;

    public override BertConfiguration Configure(BertConfiguration configuration, IReadOnlyList<string> labels) =>
        configuration with { Labels = [labels is [var column] ? column : "LABEL_0"], ProblemType = "regression" };

    public override Evaluator<FineTuningBatch> NewEvaluator(IBertModel model, EncodedPart<TextExample> part) =>
        new SequenceRegressionEvaluator((BertForSequenceClassification)model);

    public override EvaluationText Describe(string prefix, Evaluator<FineTuningBatch> evaluator,
        IReadOnlyDictionary<string, double> metrics, EncodedPart<TextExample> part,
        IReadOnlyList<string> labels, IReadOnlyList<TextExample>? train)
    {
        var predictions = ((SequenceRegressionEvaluator)evaluator).Predictions;
        var mean = (train ?? part.Examples).Average(example => example.Number);
        var constant = Math.Sqrt(part.Examples.Average(example => Math.Pow(example.Number - mean, 2)));
        var name = prefix.Length > 0 ? "Test Pearson" : "Pearson";
        return new(Invariant($"{name} {metrics["pearson"]:0.000} ({part.Examples.Count:n0} {Unit}), ") +
            Invariant($"Spearman {metrics["spearman"]:0.000}, RMSE {metrics["rmse"]:0.000}, baseline RMSE {constant:0.000}."),
                [Invariant($"The baseline is always the mean, {mean:0.000}.")])
        {
            Examples = ("Largest errors", ["text", .. IsPair ? (string[])["second text"] : [], "is", "predicted"],
                [.. part.Examples.Zip(predictions).OrderByDescending(pair => Math.Abs(pair.Second - pair.First.Number)).Take(20)
                    .Select(pair => (string[])[TextTables.Short(pair.First.Text, 200),
                        .. IsPair ? (string[])[TextTables.Short(pair.First.SecondText!, 200)] : [],
                        Invariant($"{pair.First.Number:0.###}"), Invariant($"{pair.Second:0.###}")])]),
        };
    }

    public override IEnumerable<Prediction> Predict(IBertModel model, BertTokenizer tokenizer, int maxLength, IReadOnlyList<string> inputs,
        int top) => inputs.Select(input =>
    {
        var number = Logits(model, tokenizer, maxLength, input).To(DType.Float64).ToArray<double>()[0];
        return new Prediction(Invariant($"{Markup.Escape(TextTables.Short(input))}   [bold]{number:0.###}[/]"),
            new JsonObject { ["input"] = input, ["number"] = number });
    });

    protected override IReadOnlyList<string> LabelsOf(TextTable table) => [table.LabelColumn!];

    protected override EncodedExample WithTarget(EncodedText text, TextExample example) => EncodedExample.OfNumber(text, example.Number);
}
