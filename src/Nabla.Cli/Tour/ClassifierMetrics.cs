using Nabla.Cli.Datasets;
using Nabla.Reports;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Optimizers;
using OxyPlot.Legends;

namespace Nabla.Cli.Tour;

/// <summary>Chapter 4: a classifier of tumours, and all the ways to say how good it is.</summary>
sealed class ClassifierMetrics : Chapter
{
    const ulong Seed = 4;
    const int Steps = 300;
    const double HeldOut = 0.3;

    public override int Number => 4;

    public override string Title => "Metrics";

    public override string Summary => "how good is a classifier? that depends on what a mistake costs";

    public override void Run(Stage stage)
    {
        var data = LabelledData.BreastCancer();
        var parts = data.Split(Seed, 1 - HeldOut, HeldOut);
        var (training, heldOut) = (parts[0], parts[1]);
        stage.Say($"{data.Count} tissue samples; the model learns from {training.Count} and is judged by {heldOut.Count} it has never seen.");
        var scale = new Standardization(training.Features);
        var model = Train(stage, scale.Of(training.Features), training.Labels);
        var probabilities = model.Probability(scale.Of(heldOut.Features));
        var scores = new BinaryScores();
        scores.Update(heldOut.Labels, probabilities);
        var counts = scores.At(0.5);
        stage.Say($"At the threshold 0.5: {counts}.");
        stage.Show(["metric", "value"], Ratios(counts).Select(ratio => new[] { ratio.Name, Invariant($"{ratio.Value:0.0000}") })
            .Concat([["area under the ROC curve", Invariant($"{scores.RocAuc:0.0000}")], ["average precision", Invariant($"{scores.AveragePrecision:0.0000}")]]));
        foreach (var (name, value) in new (string, double)[]
        {
            ("truePositives", counts.TruePositives), ("falsePositives", counts.FalsePositives), ("trueNegatives", counts.TrueNegatives), ("falseNegatives", counts.FalseNegatives),
            ("accuracy", counts.Accuracy), ("precision", counts.Precision), ("recall", counts.Recall), ("f1", counts.F1), ("rocAuc", scores.RocAuc), ("averagePrecision", scores.AveragePrecision),
        }) stage.Result(name, value);
        stage.Check("Held out, at least 95% are right, where always saying benign would be right in 63%.", counts.Accuracy >= 0.95);
        stage.Check("A malignant sample scores above a benign one in at least 98% of all pairs (AUC).", scores.RocAuc >= 0.98);
        Explain(stage.Page, data, training, heldOut);
        Count(stage.Page, counts, heldOut, probabilities);
        Curves(stage.Page, scores);
    }

    static LogisticRegression Train(Stage stage, Tensor x, Tensor labels)
    {
        var model = new LogisticRegression(x.Shape[1]).Initialize(Seed);
        var optimizer = new AdamW(model, 0.02) { WeightDecay = 0.1 };
        var y = labels.To(DType.Float32);
        stage.Repeat("logistic regression", Steps, step =>
        {
            optimizer.Step(Gradients.Of(() => model.Loss(x, y)).Gradients);
            return null;
        });
        return model;
    }

    /// <summary>Each ratio of the four counts, with its formula in names and in numbers.</summary>
    static (string Name, string Formula, string Filled, double Value, string Question)[] Ratios(BinaryCounts c)
    {
        var (tp, fp, tn, fn) = (c.TruePositives, c.FalsePositives, c.TrueNegatives, c.FalseNegatives);
        return
        [
            ("accuracy", "\\frac{\\TP + \\TN}{n}", $"\\frac{{{tp} + {tn}}}{{{c.Total}}}", c.Accuracy, "How many are right?"),
            ("precision", "\\frac{\\TP}{\\TP + \\FP}", $"\\frac{{{tp}}}{{{tp} + {fp}}}", c.Precision, "Of those called malignant, how many are?"),
            ("recall (sensitivity)", "\\frac{\\TP}{\\TP + \\FN}", $"\\frac{{{tp}}}{{{tp} + {fn}}}", c.Recall, "Of the malignant, how many were found?"),
            ("specificity", "\\frac{\\TN}{\\TN + \\FP}", $"\\frac{{{tn}}}{{{tn} + {fp}}}", c.Specificity, "Of the benign, how many were left in peace?"),
            ("F1", "\\frac{2 \\TP}{2 \\TP + \\FP + \\FN}", $"\\frac{{2 · {tp}}}{{2 · {tp} + {fp} + {fn}}}", c.F1, "Precision and recall in one number (their harmonic mean)."),
            ("balanced accuracy", "\\frac{\\text{recall} + \\text{specificity}}{2}", Invariant($"\\frac{{{c.Recall:0.000} + {c.Specificity:0.000}}}{{2}}"), c.BalancedAccuracy, "Accuracy, were both classes of one size."),
            ("Matthews correlation", "\\frac{\\TP · \\TN - \\FP · \\FN}{\\sqrt{(\\TP + \\FP)(\\TP + \\FN)(\\TN + \\FP)(\\TN + \\FN)}}",
                $"\\frac{{{tp} · {tn} - {fp} · {fn}}}{{\\sqrt{{{tp + fp} · {tp + fn} · {tn + fp} · {tn + fn}}}}}", c.Matthews, "How calls and truth correlate; 0 is chance."),
        ];
    }

    static void Explain(ChapterPage page, LabelledData data, LabelledData training, LabelledData heldOut)
    {
        page.Idea("A classifier is right or wrong in two ways each, and every metric is a different way to weigh these four counts.");
        page.Paragraph("Logistic regression gives each sample a score, pushes it through the sigmoid into a probability $p$, and calls malignant whatever lies above a threshold. " +
            "It is trained with the cross-entropy, which asks for probabilities that are honest:");
        page.Formula("p = σ(w · x + b) = \\frac{1}{1 + e^{-(w · x + b)}} \\quad L = -\\frac{1}{n} \\sum_{i=1}^{n} (y_i \\log p_i + (1 - y_i) \\log(1 - p_i))");
        page.Section("What was run");
        page.Paragraph(Invariant($"{data.Count} samples of breast tissue with 30 measurements of their cell nuclei, 212 malignant and 357 benign. They are cut at random (seed {Seed}) into {training.Count} to learn from and {heldOut.Count} held out, ") +
            Invariant($"each part with the same share of malignant samples (a stratified split). Mean and deviation for scaling come from the training part alone. {Steps} steps of AdamW. All that follows is about the held-out part."));
        page.Code("""
            var model = new LogisticRegression(inputs: 30);
            var optimizer = new AdamW(model, learningRate: 0.02) { WeightDecay = 0.1 };
            for (var step = 0; step < 300; step++)
                optimizer.Step(Gradients.Of(() => model.Loss(x, y)).Gradients);
            """);
    }

    static void Count(ChapterPage page, BinaryCounts counts, LabelledData heldOut, Tensor probabilities)
    {
        page.Drawing(Drawings.Counts(counts, "malignant", "benign"), "The four counts at the threshold 0.5. Positive is what one looks for: malignant.");
        var (p, labels) = (probabilities.Doubles(), heldOut.Labels.ToArray<long>());
        var edges = Numbers.Evenly(0, 1, 21);
        double[] Histogram(long label) => [.. edges[..^1].Select((from, bin) => (double)p.Where((score, i) => labels[i] == label && Math.Min(19, (int)(score * 20)) == bin).Count())];
        page.Plot(new Plot("probability of malignant", "samples").Bars(edges.AsSpan(..^1), [.. edges[..^1].Select(edge => edge + 0.024)], Histogram(0), Ink.Blue, "benign")
            .Bars([.. edges[..^1].Select(edge => edge + 0.026)], edges.AsSpan(1..), Histogram(1), Ink.Orange, "malignant").Mark(Ink.Muted, x: 0.5).Legend(),
            "Histogram of probabilities: benign samples near 0, malignant near 1, few between", "What the model says of the held-out samples. Left of the threshold it calls them benign; orange there is what it misses.", height: 300);
        page.Section("The numbers");
        page.Table(["metric", "formula", "with its numbers", "value", "what it answers"], Ratios(counts).Select(r => new[] { r.Name, $"${r.Formula}$", $"${r.Filled}$", Invariant($"{r.Value:0.000}"), r.Question }), numbers: false);
    }

    static readonly double[] ShownThresholds = [0.1, 0.3, 0.5, 0.7, 0.9];

    static void Curves(ChapterPage page, BinaryScores scores)
    {
        page.Section("Every threshold at once");
        page.Paragraph("The threshold is a choice, and the curves show all of them. The ROC curve sets what is found against what is disturbed; the area under it is the chance that a malignant sample scores above a benign one. " +
            "The precision-recall curve leaves the true negatives out, which matters when positives are rare.");
        var roc = scores.RocCurve();
        var left = new Plot("false positive rate", "true positive rate (recall)").Line([0, 1], [0, 1], Ink.Muted, "chance", 1.5, dashed: true)
            .Line([.. roc.Select(point => point.FalsePositiveRate)], [.. roc.Select(point => point.TruePositiveRate)], Ink.Blue, Invariant($"AUC = {scores.RocAuc:0.0000}"), 2.5)
            .Within(-0.02, 1.02, -0.02, 1.04).Legend(LegendPosition.BottomRight, inside: true);
        var precision = scores.PrecisionRecallCurve();
        var share = (double)scores.At(0.5).Positives / scores.Count;
        var right = new Plot("recall", "precision").Line([0, 1], [share, share], Ink.Muted, "chance", 1.5, dashed: true)
            .Line([.. precision.Select(point => point.Recall)], [.. precision.Select(point => point.Precision)], Ink.Blue, Invariant($"AP = {scores.AveragePrecision:0.0000}"), 2.5)
            .Within(-0.02, 1.02, -0.02, 1.04).Legend(LegendPosition.BottomLeft, inside: true);
        page.Plots(left, "ROC curve close to the upper left corner", right, "Precision-recall curve close to the upper right corner",
            "The ROC curve (left) and the precision-recall curve. AP, the average precision, is the area under the latter in steps.");
        var thresholds = Numbers.Evenly(0.01, 0.99, 99);
        var sweep = thresholds.Select(scores.At).ToArray();
        page.Plot(new Plot("threshold", "").Line(thresholds, [.. sweep.Select(c => c.Precision)], Ink.Blue, "precision").Line(thresholds, [.. sweep.Select(c => c.Recall)], Ink.Orange, "recall")
            .Line(thresholds, [.. sweep.Select(c => c.F1)], Ink.Green, "F1").Within(0, 1, 0.55, 1.02).Legend(), "Precision rises and recall falls with the threshold",
            "The effect of the threshold. To the right it calls fewer samples malignant: more of the calls are right, and more tumours are missed.", height: 340);
        page.Table(["threshold", "found", "missed", "false alarms", "precision", "recall", "F1"], ShownThresholds.Select(threshold =>
        {
            var c = scores.At(threshold);
            return new[] { Invariant($"{threshold}"), $"{c.TruePositives}", $"{c.FalseNegatives}", $"{c.FalsePositives}", Invariant($"{c.Precision:0.000}"), Invariant($"{c.Recall:0.000}"), Invariant($"{c.F1:0.000}") };
        }));
        var (low, middle) = (scores.At(0.1), scores.At(0.5));
        page.Notice(
            $"At 0.5 the model misses {middle.FalseNegatives} tumours; at 0.1 it misses {low.FalseNegatives}, for {low.FalsePositives - middle.FalsePositives} more false alarms. No metric can say which is better. That is a question of what a mistake costs, and here a missed tumour costs more.",
            "Accuracy alone flatters: calling everything benign would be right in 63% of the cases and find nobody.",
            "AUC and AP do not depend on a threshold. They judge the order of the scores, not the calls.");
    }
}
