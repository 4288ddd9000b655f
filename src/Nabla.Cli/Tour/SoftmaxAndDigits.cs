using Nabla.Cli.Datasets;
using Nabla.Reports;
using Nabla.Metrics;
using Nabla.Models;

namespace Nabla.Cli.Tour;

/// <summary>Chapter 5: from scores to probabilities, and handwritten digits read by it.</summary>
sealed class SoftmaxAndDigits : Chapter
{
    const ulong Seed = 5;

    static readonly double[] Temperatures = [0.5, 1, 2, 5];

    public override int Number => 5;

    public override string Title => "Softmax";

    public override string Summary => "from scores to probabilities, and handwritten digits read by it";

    public override void Run(Stage stage)
    {
        var (naive, stable) = Overflow();
        stage.Say($"softmax(1000, 1001, 1002) by its bare formula: {Listed(naive)}. With the maximum subtracted first: {Listed(stable)}.");
        stage.Check("The bare formula overflows at logits of 1,000; Nabla's softmax does not, and its probabilities sum to 1.", naive.All(double.IsNaN) && Math.Abs(stable.Sum() - 1) < 1e-6);

        var digits = LabelledData.Digits();
        var parts = digits.Split(Seed, 0.7, 0.1, 0.2);
        stage.Say($"{digits.Count:n0} handwritten digits of 8×8 pixels: {parts[0].Count:n0} to learn from, {parts[1].Count} to validate by, {parts[2].Count} held out until the end.");
        var linear = DigitTraining.SoftmaxRegression(stage, parts, Seed);
        var network = DigitTraining.Network(stage, parts, Seed);
        foreach (var result in new[] { linear, network })
            stage.Say(Invariant($"{result.Name,-18} {result.HeldOut.Accuracy:0.00%} of the held-out digits right, {result.Parameters:n0} parameters"));
        stage.Result("softmaxRegressionAccuracy", linear.HeldOut.Accuracy);
        stage.Result("mlpAccuracy", network.HeldOut.Accuracy);
        stage.Check("The MLP reads at least 97% of the held-out digits.", network.HeldOut.Accuracy >= 0.97);
        stage.Check("Softmax regression reads at least 93% of them.", linear.HeldOut.Accuracy >= 0.93);
        Explain(stage.Page, naive, stable);
        Read(stage.Page, digits, parts, linear, network);
    }

    /// <summary>softmax(1000, 1001, 1002) in float32: as the formula stands, and as Nabla computes it.</summary>
    static (double[] Naive, double[] Stable) Overflow()
    {
        var logits = Tensor.From(1000f, 1001f, 1002f);
        var exponentials = logits.Exp();
        return ((exponentials / exponentials.Sum()).Doubles(), logits.Softmax().Doubles());
    }

    static string Listed(double[] values) => string.Join(", ", values.Select(value => double.IsNaN(value) ? "NaN" : Invariant($"{value:0.000}")));

    static void Explain(ChapterPage page, double[] naive, double[] stable)
    {
        page.Idea("Softmax turns any scores into probabilities: the exponential makes them positive, the division makes them sum to 1.");
        page.Paragraph("A classifier of many classes gives each class a score, its logit $z_i$. The exponential turns differences between scores into ratios between probabilities: one more point of score makes a class $e ≈ 2.7$ times as likely. " +
            "Trained with the cross-entropy $L = -\\log p_{\\text{truth}}$, the gradient by the logits is simply $p - \\text{truth}$.");
        page.Formula("p_i = \\frac{e^{z_i / T}}{\\sum_j e^{z_j / T}}");
        page.Section("Temperature");
        var logits = Tensor.From(2f, 1f, 0.2f, -1f);
        var rows = Temperatures.Select(temperature => (logits / temperature).Softmax().Doubles()).ToArray();
        var plot = new Plot("class", "probability");
        var inks = new[] { Ink.Red, Ink.Blue, Ink.Green, Ink.Violet };
        for (var t = 0; t < Temperatures.Length; t++)
        {
            double[] left = [.. Enumerable.Range(0, 4).Select(i => i + 0.62 + t * 0.19)];
            plot.Bars(left, [.. left.Select(edge => edge + 0.17)], rows[t], inks[t], Invariant($"T = {Temperatures[t]}"));
        }
        plot.Horizontal.MajorStep = 1;
        page.Plot(plot.Within(0.5, 4.5, 0, 1).Legend(), "Probabilities of four classes at four temperatures: peaked when cold, even when warm",
            "The logits 2, 1, 0.2, −1 at four temperatures $T$. A low temperature lets the largest take all, a high one evens them out. The order never changes.", height: 300);
        page.Section("Why the maximum is subtracted");
        page.Paragraph("Adding the same number to all logits changes nothing, since it cancels in the fraction. But it changes what a computer can hold: in float32 $e^{89}$ is already infinite, and infinite divided by infinite is no number. " +
            "So every softmax subtracts the largest logit first; the largest exponential is then $e^0 = 1$. This is what the run computed:");
        var shifted = Tensor.From(0f, 1f, 2f).Softmax().Doubles();
        page.Table(["logits", "computed as", "$p_1$", "$p_2$", "$p_3$"],
        [
            ["1000, 1001, 1002", "`x.Exp() / x.Exp().Sum()`", .. naive.Select(p => Listed([p]))],
            ["1000, 1001, 1002", "`x.Softmax()`", .. stable.Select(p => Listed([p]))],
            ["0, 1, 2", "`x.Softmax()`", .. shifted.Select(p => Listed([p]))],
        ]);
    }

    static void Read(ChapterPage page, LabelledData digits, LabelledData[] parts, DigitResult linear, DigitResult network)
    {
        page.Section("Reading digits");
        page.Paragraph(Invariant($"{digits.Count:n0} handwritten digits of 8×8 pixels are cut at random (seed {Seed}, every digit in its share) into {parts[0].Count:n0} to learn from, {parts[1].Count} for validation, which watch the training, and {parts[2].Count} held out and looked at once, at the end. ") +
            "Softmax regression weighs each pixel for each class. The MLP puts two hidden layers before it, whose units learn strokes and corners. Its labels are smoothed: it is to be 91% sure, not 100%, which keeps it from learning its examples by heart.");
        page.Code(DigitTraining.Code);
        page.Plots(Losses(linear, network), "Losses of both models over the epochs", Accuracies(linear, network), "Accuracy of both models over the epochs, rising; the MLP is higher",
            "Learning curves. An epoch is one pass over the training part. Left: the cross-entropy on the training part (lines) and on the validation part (dashed). Right: how much of the validation part is read right.");
        page.Section("The numbers");
        page.Table(["model", "parameters", "training loss", "validation right", "held out right", "mistakes"], new[] { linear, network }.Select(model => new[]
        {
            model.Name, Invariant($"{model.Parameters:n0}"), Invariant($"{model.TrainingLosses[^1]:0.000}"), Invariant($"{model.Accuracies[^1]:0.0%}"), Invariant($"{model.HeldOut.Accuracy:0.00%}"), $"{model.Mistakes.Length}",
        }));
        page.Drawing(Drawings.Matrix(network.HeldOut, digits.Classes), "The MLP on the held-out digits. Rows are what was written, columns what was read; off the diagonal are the mistakes.");
        page.Drawing(Drawings.Pictures(network.Mistakes.Take(12).Select(mistake =>
            (mistake.Pixels, Invariant($"is {mistake.Truth}, read {mistake.Called} ({mistake.Probability:0%})"))), 8), "What the MLP got wrong, and how sure it was. Several would make a person hesitate.");
        page.Notice(
            Invariant($"Hidden layers turn {linear.Mistakes.Length} mistakes into {network.Mistakes.Length}: planes through the space of pixels do not quite separate the classes."),
            "At the end each dashed line lies above its solid one: a model does better on what it has seen. Only examples it has not seen can say how good it is.",
            Invariant($"The MLP knows where it is unsure: it gave its answers {network.Confidence(right: true):0%} on average where they were right and {network.Confidence(right: false):0%} where they were wrong."));
    }

    static Plot Losses(DigitResult linear, DigitResult network) => new Plot("epoch", "cross-entropy", logarithmicY: true)
        .Line(linear.Epochs, linear.TrainingLosses, Ink.Orange, "softmax").Line(linear.Epochs, linear.ValidationLosses, Ink.Orange, thickness: 1.5, dashed: true)
        .Line(network.Epochs, network.TrainingLosses, Ink.Blue, "MLP").Line(network.Epochs, network.ValidationLosses, Ink.Blue, thickness: 1.5, dashed: true).Legend();

    static Plot Accuracies(DigitResult linear, DigitResult network)
    {
        var plot = new Plot("epoch", "validation right").Line(linear.Epochs, linear.Accuracies, Ink.Orange, "softmax").Line(network.Epochs, network.Accuracies, Ink.Blue, "MLP").Legend();
        plot.Vertical.StringFormat = "0%";
        (plot.Vertical.Minimum, plot.Vertical.Maximum) = (0.85, 1.005);
        return plot;
    }
}
