using Nabla.Cli.Datasets;
using Nabla.Reports;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Optimizers;

namespace Nabla.Cli.Tour;

/// <summary>Chapter 1: a line through real cars, by gradient descent and by the closed form.</summary>
sealed class LeastSquares : Chapter
{
    const int Steps = 2000;
    const double Rate = 0.09;

    public override int Number => 1;

    public override string Title => "Least squares";

    public override string Summary => "a model, a loss, and the parameters with the smallest loss";

    public override void Run(Stage stage)
    {
        var cars = Cars.Load();
        stage.Say($"{cars.Count} cars of 1970–1982: miles per gallon by weight. {cars.Dropped} more are left out, their consumption is unknown.");
        var exact = new LinearRegression(1);
        exact.Fit(cars.Weight, cars.MilesPerGallon);
        var trained = FromZero();
        var losses = Descend(stage, trained, cars);
        var (exactLine, line) = (Line.Of(exact), Line.Of(trained));
        stage.Say(Invariant($"closed form       mpg = {exactLine.Slope:0.0000} · weight + {exactLine.Intercept:0.0000}"));
        stage.Say(Invariant($"gradient descent  mpg = {line.Slope:0.0000} · weight + {line.Intercept:0.0000}   after {Steps:n0} steps"));
        var quality = new RegressionMetrics();
        quality.Update(cars.MilesPerGallon, trained.Forward(cars.Weight));
        stage.Result("slope", line.Slope);
        stage.Result("intercept", line.Intercept);
        stage.Result("closedFormSlope", exactLine.Slope);
        stage.Result("closedFormIntercept", exactLine.Intercept);
        stage.Result("meanSquaredError", quality.MeanSquaredError);
        stage.Result("rSquared", quality.RSquared);
        stage.Check("Gradient descent reaches the line of the closed form to 1 part in 10,000.", Near(line.Slope, exactLine.Slope) && Near(line.Intercept, exactLine.Intercept));
        // Rounding in float32 lets the last losses flicker.
        stage.Check("The loss never rose on the way.", losses.Zip(losses.Skip(1)).All(pair => pair.Second <= pair.First * (1 + 1e-5)));
        Explain(stage.Page, cars);
        Picture(stage.Page, cars, line, losses, quality);
        Conclude(stage.Page, exactLine, line, quality);
    }

    /// <summary>The model of a line with w = b = 0.</summary>
    public static LinearRegression FromZero()
    {
        var model = new LinearRegression(1);
        model.Linear.Weight.Set(Tensor.Zeros([1, 1]));
        model.Linear.Bias!.Set(Tensor.Zeros([1]));
        return model;
    }

    static double[] Descend(Stage stage, LinearRegression model, Cars cars)
    {
        var optimizer = new SGD(model, Rate);
        var losses = new double[Steps];
        stage.Repeat("gradient descent", Steps, step =>
        {
            var (loss, gradients) = Gradients.Of(() => model.Loss(cars.Weight, cars.MilesPerGallon));
            optimizer.Step(gradients);
            losses[step] = (double)loss;
            return null;
        });
        return losses;
    }

    static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-4 * Math.Abs(b);

    static void Explain(ChapterPage page, Cars cars)
    {
        page.Idea("A model makes a prediction, a loss says how wrong it is, and training looks for the parameters with the smallest loss.");
        page.Paragraph("The simplest model is a line: $\\hat{y} = w x + b$. The oldest loss is the mean of the squared errors, which punishes a miss of 10 a hundred times as much as a miss of 1. " +
            "For a line and squared errors the best parameters can be written down. For almost everything else in this field they cannot, and one walks downhill instead. Here both ways meet.");
        page.Formula("L(w, b) = \\frac{1}{n} \\sum_{i=1}^{n} (w x_i + b - y_i)^2");
        page.Section("What was run");
        page.Paragraph(Invariant($"The miles per gallon $y$ of {cars.Count} cars by their weight $x$ in thousands of pounds ({cars.Dropped} of {cars.Count + cars.Dropped} are left out: their consumption is unknown). ") +
            Invariant($"From $w = b = 0$, {Steps:n0} steps against the gradient with step size {Rate}:"));
        page.Code("""
            var model = new LinearRegression(inputs: 1);
            var optimizer = new SGD(model, learningRate: 0.09);
            for (var step = 0; step < 2000; step++)
            {
                var (loss, gradients) = Gradients.Of(() => model.Loss(weight, mpg));
                optimizer.Step(gradients);    // w ← w − 0.09 · ∂L/∂w,  b ← b − 0.09 · ∂L/∂b
            }
            """);
        page.Paragraph("Beside it the closed form (`model.Fit(weight, mpg)`), which is where both derivatives are zero:");
        page.Formula("w = \\frac{\\sum (x_i - \\bar{x})(y_i - \\bar{y})}{\\sum (x_i - \\bar{x})^2} \\quad b = \\bar{y} - w \\bar{x}");
    }

    static void Picture(ChapterPage page, Cars cars, Line line, double[] losses, RegressionMetrics quality)
    {
        double[] x = cars.Weight.Doubles(), y = cars.MilesPerGallon.Doubles();
        double[] ends = [x.Min(), x.Max()], residuals = [.. x.Zip(y, (weight, mpg) => mpg - line.At(weight))];
        page.Plot(new Plot("weight (1,000 lb)", "miles per gallon").Points(x, y, Ink.Blue.Fade(0.55), "one car").Line(ends, [.. ends.Select(line.At)], Ink.Orange, "fitted line", 3).Legend(),
            "Cars by weight and miles per gallon, falling, with the fitted line",
            "Each car by its weight, and the line that gradient descent found. The closed form's line lies under it.");
        page.Plot(new Plot("weight (1,000 lb)", "residual (mpg)").Drops(x, residuals, new double[x.Length], Ink.Muted.Fade(0.35)).Points(x, residuals, Ink.Blue.Fade(0.6)).Mark(Ink.Orange, y: 0),
            "Residuals of the cars by weight, mostly positive at both ends",
            "What the line leaves over: the actual miles per gallon minus the predicted ones.", height: 300);
        double[] steps = [.. Enumerable.Range(1, losses.Length).Select(step => (double)step)];
        page.Plot(new Plot("step", "loss", logarithmicX: true, logarithmicY: true).Line(steps, losses, Ink.Blue, "gradient descent")
            .Line([1, losses.Length], [quality.MeanSquaredError, quality.MeanSquaredError], Ink.Orange, "smallest possible loss", 1.5, dashed: true).Legend(),
            "The loss over the steps falls fast and then slowly",
            "The loss on the way, both axes logarithmic. The first step gains most; the rest is a slow walk along a valley, which chapter 2 looks at from above.", height: 300);
    }

    static void Conclude(ChapterPage page, Line exact, Line trained, RegressionMetrics quality)
    {
        page.Section("The numbers");
        page.Table(["", "slope $w$", "intercept $b$"],
        [
            ["closed form", Invariant($"{exact.Slope:0.00000}"), Invariant($"{exact.Intercept:0.00000}")],
            ["gradient descent", Invariant($"{trained.Slope:0.00000}"), Invariant($"{trained.Intercept:0.00000}")],
            ["difference", Invariant($"{trained.Slope - exact.Slope:0.0e+0}"), Invariant($"{trained.Intercept - exact.Intercept:0.0e+0}")],
        ]);
        page.Paragraph(Invariant($"The mean squared error is {quality.MeanSquaredError:0.00}, so a typical miss is {quality.RootMeanSquaredError:0.0} miles per gallon. ") +
            Invariant($"$R^2 = {quality.RSquared:0.000}$: the weight alone explains {quality.RSquared * 100:0}% of how the cars differ."));
        page.Notice(
            Invariant($"Every further thousand pounds cost about {-trained.Slope:0.0} miles per gallon."),
            "The residuals are not a shapeless cloud: very light and very heavy cars both do better than the line says. The truth bends and a line cannot. More cars would not help, a richer model would.",
            "The training knew nothing of the closed form. It followed the gradient.");
    }
}

/// <summary>ŷ = slope · x + intercept.</summary>
readonly record struct Line(double Slope, double Intercept)
{
    public static Line Of(LinearRegression model) => new((double)model.Linear.Weight.Value, (double)model.Linear.Bias!.Value);

    public double At(double x) => Slope * x + Intercept;
}
