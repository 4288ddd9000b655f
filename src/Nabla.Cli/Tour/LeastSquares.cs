using System.Globalization;
using Nabla.Cli.Datasets;
using Nabla.Cli.Reports;
using Nabla.Optimizers;

namespace Nabla.Cli.Tour;

/// <summary>Chapter 1: a line through real cars, by gradient descent and by the closed form.</summary>
sealed class LeastSquares : Chapter
{
    const int Steps = 2000;
    const double Rate = 0.09;

    public override int Number => 1;

    public override string Title => "Least squares";

    public override string Summary => "The line with the smallest mean squared error, found twice.";

    public override void Run(Stage stage)
    {
        var cars = Cars.Load();
        stage.Say($"{cars.Count} cars of 1970–1982; {cars.Dropped} more are left out because nobody wrote down their miles per gallon.");
        var exact = ClosedForm(cars.Weight, cars.MilesPerGallon);
        var (trained, losses) = Descend(stage, cars);
        stage.Say(Invariant($"closed form       mpg = {exact.Slope:0.0000} · weight + {exact.Intercept:0.0000}"));
        stage.Say(Invariant($"gradient descent  mpg = {trained.Slope:0.0000} · weight + {trained.Intercept:0.0000}   after {Steps} steps"));
        var (error, ratio) = Quality(cars, trained);
        stage.Result("slope", trained.Slope);
        stage.Result("intercept", trained.Intercept);
        stage.Result("closedFormSlope", exact.Slope);
        stage.Result("closedFormIntercept", exact.Intercept);
        stage.Result("meanSquaredError", error);
        stage.Result("r2", ratio);
        stage.Check("Gradient descent reaches the line of the closed form to 1 part in 1,000.", Near(trained.Slope, exact.Slope) && Near(trained.Intercept, exact.Intercept));
        stage.Check("The loss never rose on the way.", losses.Zip(losses.Skip(1)).All(pair => pair.Second <= pair.First * (1 + 1e-5)));
        Write(stage.Page, cars, exact, trained, losses, error, ratio);
    }

    /// <summary>w = Σ(x − x̄)(y − ȳ) ÷ Σ(x − x̄)², b = ȳ − w·x̄, in float64.</summary>
    public static Line ClosedForm(Tensor x, Tensor y)
    {
        var (x64, y64) = (x.To(DType.Float64), y.To(DType.Float64));
        var (dx, dy) = (x64 - x64.Mean(), y64 - y64.Mean());
        var slope = (double)((dx * dy).Sum() / dx.Square().Sum());
        return new(slope, (double)y64.Mean() - slope * (double)x64.Mean());
    }

    static (Line, double[] Losses) Descend(Stage stage, Cars cars)
    {
        var model = new CarLine();
        var optimizer = new SGD(model, Rate);
        var losses = new double[Steps];
        stage.Repeat("gradient descent", Steps, step =>
        {
            var (loss, gradients) = Gradients.Of(() => (model.Forward(cars.Weight) - cars.MilesPerGallon).Square().Mean());
            optimizer.Step(gradients);
            losses[step] = (double)loss;
            return null;
        });
        return (model.ToLine(), losses);
    }

    static (double Error, double R2) Quality(Cars cars, Line line)
    {
        var residuals = cars.MilesPerGallon - (cars.Weight * line.Slope + line.Intercept);
        var error = (double)residuals.Square().Mean();
        return (error, 1 - error / (double)(cars.MilesPerGallon - cars.MilesPerGallon.Mean()).Square().Mean());
    }

    static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-3 * Math.Abs(b);

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    static void Write(ChapterPage page, Cars cars, Line exact, Line trained, double[] losses, double error, double ratio)
    {
        page.Idea("A model makes a prediction, a loss says how wrong it is, and training looks for the parameters with the smallest loss.");
        page.Paragraph("The simplest model is a line: $\\hat{y} = w x + b$. The oldest loss is the mean of the squared errors, which punishes a miss of 10 a hundred times as much as a miss of 1. " +
            "For a line and squared errors the best parameters can be written down; for almost everything else in this field they cannot, and one walks downhill instead. Here both ways meet.");
        page.Formula("L(w, b) = \\frac{1}{n} \\sum_{i=1}^{n} (w x_i + b - y_i)^2");
        page.Section("What was run");
        page.Paragraph($"The miles per gallon $y$ of {cars.Count} cars by their weight $x$ in thousands of pounds ({cars.Dropped} of {cars.Count + cars.Dropped} cars are left out: their consumption is unknown). " +
            Invariant($"From $w = b = 0$, {Steps:n0} steps against the gradient with step size {Rate}:"));
        page.Code("var (loss, gradients) = Gradients.Of(\n    () => (model.Forward(weight) - mpg).Square().Mean());\noptimizer.Step(gradients);      // w ← w − 0.09 · ∂L/∂w, b ← b − 0.09 · ∂L/∂b");
        page.Paragraph("Beside it the closed form, where the gradient is zero:");
        page.Formula("w = \\frac{\\sum (x_i - \\bar{x})(y_i - \\bar{y})}{\\sum (x_i - \\bar{x})^2} \\quad b = \\bar{y} - w \\cdot \\bar{x}");

        double[] x = [.. cars.Weight.To(DType.Float64).ToArray<double>()], y = [.. cars.MilesPerGallon.To(DType.Float64).ToArray<double>()];
        double[] ends = [x.Min(), x.Max()], fitted = [.. x.Select(trained.At)];
        page.Plot(new Plot("weight (1,000 lb)", "miles per gallon").Points(x, y, Ink.Blue.Fade(0.55), "one car").Line(ends, [.. ends.Select(trained.At)], Ink.Orange, "fitted line", 3).Legend(),
            "Cars by weight and miles per gallon, falling, with the fitted line", "Each car by its weight, and the line that gradient descent found. The closed form's line lies under it.");
        page.Plot(new Plot("weight (1,000 lb)", "residual (mpg)").Drops(x, [.. new double[x.Length]], [.. y.Zip(fitted, (a, b) => a - b)], Ink.Muted.Fade(0.35)).Points(x, [.. y.Zip(fitted, (a, b) => a - b)], Ink.Blue.Fade(0.6)).Mark(Ink.Orange, y: 0),
            "Residuals of the cars by weight: mostly positive at both ends", "What the line leaves over: the actual consumption minus the predicted one.", height: 300);
        double[] steps = [.. Enumerable.Range(1, losses.Length).Select(step => (double)step)];
        page.Plot(new Plot("step", "loss", logarithmicY: true).Line(steps, losses, Ink.Blue, "gradient descent").Line([1, losses.Length], [error, error], Ink.Orange, "smallest possible loss", 1.5, dashed: true).Legend(),
            "The loss over the steps falls fast and then slowly", "The loss on the way. The first steps gain most; the rest is a slow walk along a valley, which chapter 2 looks at from above.", height: 300);
        page.Section("The numbers");
        page.Table(["", "slope $w$", "intercept $b$"],
        [
            ["closed form (float64)", Invariant($"{exact.Slope:0.00000}"), Invariant($"{exact.Intercept:0.00000}")],
            ["gradient descent (float32)", Invariant($"{trained.Slope:0.00000}"), Invariant($"{trained.Intercept:0.00000}")],
            ["difference", Invariant($"{trained.Slope - exact.Slope:0.0e+0}"), Invariant($"{trained.Intercept - exact.Intercept:0.0e+0}")],
        ]);
        page.Paragraph(Invariant($"Mean squared error {error:0.00}, so a typical miss is {Math.Sqrt(error):0.0} miles per gallon. $R^2$ = {ratio:0.000}: the weight alone explains {ratio:0%} of how the cars differ."));
        page.Notice(
            Invariant($"Every further thousand pounds cost about {-trained.Slope:0.0} miles per gallon."),
            "The residuals are not a shapeless cloud: very light and very heavy cars both do better than the line says. The truth bends; a line cannot. More data would not help, a richer model would.",
            "Nothing in the training knew the closed form. It only followed the gradient.");
    }
}

/// <summary>ŷ = slope · x + intercept.</summary>
readonly record struct Line(double Slope, double Intercept)
{
    public double At(double x) => Slope * x + Intercept;
}

/// <summary>The model of a line: ŷ = w · x + b, both from 0.  x: [cars] → same</summary>
sealed partial class CarLine : IModule
{
    public Parameter Slope { get; } = new(Shape.Scalar, (_, _) => Tensor.Scalar(0));

    public Parameter Intercept { get; } = new(Shape.Scalar, (_, _) => Tensor.Scalar(0));

    public Tensor Forward(Tensor x) => x * Slope + Intercept;

    public Line ToLine() => new((double)Slope.Value, (double)Intercept.Value);
}
