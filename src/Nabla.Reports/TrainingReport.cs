using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Metrics;
using Nabla.Training;
using OxyPlot;

namespace Nabla.Reports;

/// <summary>How a trained classifier does on data it has not seen.</summary>
/// <param name="Data">What it was judged on, in words: <c>10,000 test images</c>.</param>
/// <param name="Matrix">Its confusion matrix.</param>
/// <param name="Classes">What the classes are called, as many as the matrix has.</param>
/// <param name="Mistakes">Pictures it called wrongly, with words below: [channels, height, width] of 0 … 1.</param>
public sealed record Judgement(string Data, ConfusionMatrix Matrix, IReadOnlyList<string> Classes, IReadOnlyList<(Tensor Image, string Words)> Mistakes);

/// <summary>The page about a training: its curves from <c>metrics.jsonl</c>, and how the model that came out of it does.</summary>
public static class TrainingReport
{
    /// <summary>The most classes whose matrix is drawn; of more only the commonest confusions are listed.</summary>
    private const int MostDrawn = 20;

    /// <summary>Writes <c>report.html</c> into a run folder, as a whole or not at all.</summary>
    /// <param name="run">The run; its metrics are read.</param>
    /// <param name="title">The page's title.</param>
    /// <param name="subtitle">A line below it.</param>
    /// <param name="facts">Short facts about the run, each with its name.</param>
    /// <param name="judgement">How the model does; null: curves alone.</param>
    /// <param name="more">Adds chapters behind these; null: there are no more.</param>
    public static void Write(RunFolder run, string title, string subtitle, IEnumerable<(string Name, string Value)> facts, Judgement? judgement = null, Action<Report>? more = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(facts);
        var report = new Report(title, subtitle);
        report.Facts.AddRange(facts);
        var lines = run.ReadMetrics().ToArray();
        Curves(report.Add(1, "Curves"), [.. lines.Where(line => line["loss"] is not null)], [.. lines.Where(line => line["evaluation"] is not null)]);
        if (judgement is not null) Quality(report.Add(2, "What it gets right"), judgement);
        if (judgement is { Mistakes.Count: > 0 }) Mistakes(report.Add(3, "What it gets wrong"), judgement);
        more?.Invoke(report);
        report.Save(run.Report);
    }

    private static void Curves(ChapterPage page, JsonObject[] steps, JsonObject[] evaluations)
    {
        if (steps.Length + evaluations.Length == 0)
        {
            page.Paragraph("No metrics have been written yet.");
            return;
        }
        var loss = new Plot("step", "loss");
        Draw(loss, steps, line => line["loss"], Ink.Blue, "training");
        Draw(loss, evaluations, line => line["evaluation"]?["loss"], Ink.Orange, "validation", dots: 3);
        Draw(loss, evaluations, line => line["average"]?["loss"], Ink.Green, "validation, moving average", dots: 3);
        page.Plot(loss.Legend(), "The loss over the steps, on the training and the validation data",
            "The loss. The training curve is the mean over the steps since the point before; the validation curves are over all validation data. Where they part, the model learns its examples by heart.");
        if (evaluations.Any(line => line["evaluation"]?["accuracy"] is not null))
        {
            var accuracy = new Plot("step", "validation right");
            Draw(accuracy, evaluations, line => line["evaluation"]?["accuracy"], Ink.Orange, "model", dots: 3);
            Draw(accuracy, evaluations, line => line["average"]?["accuracy"], Ink.Green, "moving average", dots: 3);
            accuracy.Vertical.StringFormat = "0.0%";
            foreach (var best in evaluations.Where(line => line["best"]!.GetValue<bool>()).TakeLast(1))
                accuracy.Mark(Ink.Muted, x: best["step"]!.GetValue<long>(), text: "best");
            page.Plot(accuracy.Legend(), "The share of the validation data that is called rightly, over the steps", "Accuracy on the validation data. The checkpoint `best.safetensors` is of the marked step.", height: 300);
        }
        // A run of a few steps has written no line about them.
        if (steps.Length == 0) return;
        var (rate, norm) = (new Plot("step", "learning rate"), new Plot("step", "norm of the gradients"));
        Draw(rate, steps, line => line["learning_rate"], Ink.Violet);
        Draw(norm, steps, line => line["gradient_norm"], Ink.Muted);
        page.Plots(rate, "The learning rate over the steps", norm, "The norm of the gradients over the steps", "Left: how long the steps were. Right: the norm of the gradients before clipping; jumps in it foretell a training that falls apart.");
    }

    private static void Draw(Plot plot, JsonObject[] lines, Func<JsonObject, JsonNode?> value, OxyColor ink, string? label = null, double dots = 0)
    {
        var points = lines.Select(line => (X: (double)line["step"]!.GetValue<long>(), Y: value(line)?.GetValue<double>())).Where(point => point.Y is not null).ToArray();
        if (points.Length > 0) plot.Line([.. points.Select(point => point.X)], [.. points.Select(point => point.Y!.Value)], ink, label, dots: dots);
    }

    private static void Quality(ChapterPage page, Judgement judgement)
    {
        var (matrix, names) = (judgement.Matrix, judgement.Classes);
        page.Paragraph(Text($"On {judgement.Data} the best checkpoint calls {matrix.Accuracy:0.00%} rightly: {matrix.Total - Wrong(matrix):n0} of {matrix.Total:n0}."));
        if (names.Count <= MostDrawn)
            page.Drawing(Drawings.Matrix(matrix, names), "Rows are what it is, columns what it was taken for; off the diagonal are the mistakes.");
        page.Section("Class by class");
        var report = matrix.Report(names);
        page.Table(["class", "precision", "recall", "F1", "examples"], report.Classes.Append(report.Macro)
            .Select(row => new[] { Plain(row.Name), Text($"{row.Precision:0.0%}"), Text($"{row.Recall:0.0%}"), Text($"{row.F1:0.000}"), Text($"{row.Support:n0}") }));
        var confusions = Confusions(matrix).Take(8).ToArray();
        if (confusions.Length == 0) return;
        page.Section("What it confuses most");
        page.Table(["is", "taken for", "times", "of those that are"], confusions.Select(pair => new[]
        {
            Plain(names[pair.Truth]), Plain(names[pair.Called]), Text($"{pair.Count:n0}"), Text($"{(double)pair.Count / matrix.Support(pair.Truth):0.0%}"),
        }));
    }

    private static void Mistakes(ChapterPage page, Judgement judgement)
    {
        page.Paragraph(Text($"The {judgement.Mistakes.Count} mistakes it was surest of, of {Wrong(judgement.Matrix):n0} in all. Labels that are wrong are often among them."));
        page.Drawing(Drawings.Pictures(judgement.Mistakes), "What each picture is, what it was taken for, and how sure the model was.");
    }

    private static long Wrong(ConfusionMatrix matrix) => Confusions(matrix).Sum(pair => pair.Count);

    private static IEnumerable<(int Truth, int Called, long Count)> Confusions(ConfusionMatrix matrix) =>
        from truth in Enumerable.Range(0, matrix.Classes)
        from called in Enumerable.Range(0, matrix.Classes)
        let count = matrix[truth, called]
        where truth != called && count > 0
        orderby count descending
        select (truth, called, count);

    /// <summary>A name that somebody gave a folder must not turn into a formula or code.</summary>
    private static string Plain(string name) => name.Replace('$', '＄').Replace('`', 'ˋ');

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
