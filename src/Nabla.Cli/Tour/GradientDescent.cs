using Nabla.Cli.Datasets;
using Nabla.Reports;
using Nabla.Models;
using Nabla.Optimizers;
using OxyPlot;

namespace Nabla.Cli.Tour;

/// <summary>Chapter 2: the loss of chapter 1 as a landscape, and four ways down it, one of which goes up.</summary>
sealed class GradientDescent : Chapter
{
    const int Steps = 400;

    public override int Number => 2;

    public override string Title => "Gradient descent";

    public override string Summary => "the loss as a landscape, and four ways down";

    public override void Run(Stage stage)
    {
        var cars = Cars.Load();
        var (steep, flat) = Curvatures(cars);
        var limit = 2 / steep;
        stage.Say(Invariant($"The valley bends {steep / flat:0} times more across than along. Steps up to 2 ÷ {steep:0.00} = {limit:0.0000} stay in it."));
        var best = LeastLoss(cars);
        Path[] paths =
        [
            Walk(stage, "SGD", Ink.Blue, 0.09, model => new SGD(model, 0.09), cars),
            Walk(stage, "momentum", Ink.Green, 0.03, model => new SGD(model, 0.03) { Momentum = 0.9 }, cars),
            Walk(stage, "Adam", Ink.Orange, 1, model => new Adam(model, 1), cars),
            Walk(stage, "too large", Ink.Red, 1.03 * limit, model => new SGD(model, 1.03 * limit), cars),
        ];
        stage.Show(["optimizer", "step size", "loss at the end", "steps to within 1%"], paths.Select(path => path.Row(best)));
        foreach (var path in paths) stage.Result($"finalLoss {path.Name}", path.Losses[^1]);
        stage.Result("largestStableStep", limit);
        stage.Result("leastLoss", best);
        stage.Check("SGD, momentum and Adam come within 1% of the smallest possible loss.", paths[..3].All(path => path.Losses[^1] <= 1.01 * best));
        stage.Check("3% beyond the stable step size the loss grows.", paths[3].Losses[^1] > 10 * paths[3].Losses[0]);
        stage.Check("Plain descent shrinks the error along the valley by 1 − step · curvature each step, as theory says.", Math.Abs(Shrinking(paths[0], best) - (1 - 0.09 * flat)) < 1e-3);
        Write(stage.Page, cars, paths, steep, flat, best);
    }

    /// <summary>The largest and the smallest eigenvalue of the Hessian: gradients of gradients, in float64.</summary>
    static (double Steep, double Flat) Curvatures(Cars cars)
    {
        var parameters = Tensor.From(-5.0, 40.0);
        var (x, y) = (cars.Weight.To(DType.Float64), cars.MilesPerGallon.To(DType.Float64));
        Tensor Row(int i) => Gradients.Of(() => Gradients.Of(() => (parameters[0] * x + parameters[1] - y).Square().Mean(), parameters).Gradients[parameters][i], parameters).Gradients[parameters];
        double[] first = Row(0).Doubles(), second = Row(1).Doubles();
        var (mean, difference) = ((first[0] + second[1]) / 2, (first[0] - second[1]) / 2);
        var root = Math.Sqrt(difference * difference + first[1] * second[0]);
        return (mean + root, mean - root);
    }

    static double LeastLoss(Cars cars)
    {
        var model = new LinearRegression(1);
        model.Fit(cars.Weight, cars.MilesPerGallon);
        return (double)model.Loss(cars.Weight, cars.MilesPerGallon);
    }

    static Path Walk(Stage stage, string name, OxyColor ink, double rate, Func<IModule, Optimizer> optimizerFor, Cars cars)
    {
        var model = LeastSquares.FromZero();
        var optimizer = optimizerFor(model);
        var (places, losses) = (new Line[Steps + 1], new double[Steps + 1]);
        for (var step = 0; ; step++)
        {
            stage.Breathe();
            var (loss, gradients) = Gradients.Of(() => model.Loss(cars.Weight, cars.MilesPerGallon));
            (places[step], losses[step]) = (Line.Of(model), (double)loss);
            if (step == Steps) return new(name, ink, rate, places, losses);
            optimizer.Step(gradients);
        }
    }

    /// <summary>By which factor the error of a parameter shrinks each step: the loss above the least goes as its square.</summary>
    static double Shrinking(Path path, double best) => Math.Pow((path.Losses[150] - best) / (path.Losses[50] - best), 1.0 / 200);

    static void Write(ChapterPage page, Cars cars, Path[] paths, double steep, double flat, double best)
    {
        page.Idea("The gradient points uphill, so a step against it goes down; how far to step is the whole difficulty.");
        page.Paragraph("Every pair $(w, b)$ is one line through the cars and has one loss: a landscape over a plane. For a line and squared errors it is a single valley, here a long and narrow one. " +
            "An optimizer is a rule that turns gradients $g$ into steps.");
        page.Table(["optimizer", "rule"],
        [
            ["SGD", "$p ← p - η g$"],
            ["momentum", "$v ← 0.9 v + g$, $p ← p - η v$: steps in the same direction add up, steps back and forth cancel"],
            ["Adam", "$p ← p - η \\hat{m} / \\sqrt{\\hat{v}}$: running means of $g$ and $g^2$, so that every parameter moves at its own scale"],
        ], numbers: false);
        page.Section("What was run");
        page.Paragraph(Invariant($"{Steps} steps of each from $w = b = 0$, all cars in every step. The curvature comes from Nabla's own second derivatives: ") +
            Invariant($"across the valley {steep:0.00}, along it {flat:0.000}. An error in direction $i$ is multiplied by $1 - η λ_i$ at each step, so plain descent is stable only for"));
        page.Formula(Invariant($"η < \\frac{{2}}{{λ_{{\\max}}}} = \\frac{{2}}{{{steep:0.00}}} = {2 / steep:0.0000}"));
        page.Plot(Landscape(cars, paths[..3], 100, -15, 13, -8, 62), "Contours of the loss, a narrow diagonal valley, with the paths of SGD, momentum and Adam into it",
            "The loss over slope and intercept, and the first 100 steps of three optimizers. One dot is one step; the cross is the closed form. The lines join places of equal loss: 25, 50, 100, … from the inside out. SGD bounces between the walls while it creeps along the floor.", height: 480);
        page.Plot(Landscape(cars, [paths[3]], 24, -36, 36, -20, 70), "Contours of the loss with a path that zigzags across the valley, wider at each step",
            Invariant($"The same valley with a step 3% too large ($η = {paths[3].Rate:0.0000}$): it makes its way along the floor, but each bounce is {paths[3].Rate * steep - 1:0.00} times as wide as the last."), height: 480);
        page.Plot(Curves(paths, best), "Loss above the least over the steps for the four optimizers: three fall, one rises",
            "How far the loss is above the least possible one. Straight lines on this scale are a constant factor per step.", height: 340);
        page.Section("The numbers");
        page.Table(["optimizer", "step size", "loss at the end", "steps to within 1%"], paths.Select(path => path.Row(best)));
        page.Notice(
            Invariant($"The valley's shape sets the pace: the step size is limited by the steep direction, and the flat one, {steep / flat:0} times flatter, must make do with it."),
            "Momentum and Adam take the same gradients further. Neither is free: both overshoot, and Adam's first steps are as large as its step size whatever the gradient says.",
            "Divergence is no accident of unlucky numbers. It begins at a step size that can be computed, and 3% beyond it is enough.");
    }

    static Plot Landscape(Cars cars, Path[] paths, int steps, double left, double right, double bottom, double top)
    {
        double[] w = Numbers.Evenly(left, right, 130), b = Numbers.Evenly(bottom, top, 130);
        // [w, 1, 1] · [cars] + [1, b, 1] − [cars] → [w, b, cars] → [w, b]
        var (x, y) = (cars.Weight.Reshape(-1), cars.MilesPerGallon.Reshape(-1));
        var losses = (Column(w).Reshape(-1, 1, 1) * x + Column(b).Reshape(1, -1, 1) - y).Square().Mean(2).Doubles();
        var grid = new double[w.Length, b.Length];
        for (var i = 0; i < losses.Length; i++) grid[i / b.Length, i % b.Length] = losses[i];
        var plot = new Plot("slope w", "intercept b").Contours(w, b, grid, [25, 50, 100, 200, 400, 800, 1600], Ink.Muted.Fade(0.6)).Within(left, right, bottom, top);
        foreach (var path in paths)
        {
            var shown = path.Places[..(steps + 1)];
            plot.Line([.. shown.Select(place => place.Slope)], [.. shown.Select(place => place.Intercept)], path.Ink, path.Name, 1.5, dots: 2.2);
        }
        var best = new LinearRegression(1);
        best.Fit(cars.Weight, cars.MilesPerGallon);
        return plot.Points([Line.Of(best).Slope], [Line.Of(best).Intercept], Ink.Text, size: 6, marker: MarkerType.Cross).Legend();
    }

    static Tensor Column(double[] values) => Tensor.From(values, [values.Length]).To(DType.Float32);

    static Plot Curves(Path[] paths, double best)
    {
        var plot = new Plot("step", "loss − least loss", logarithmicY: true).Legend();
        plot.Vertical.Minimum = 1e-4;
        plot.Vertical.Maximum = 1e8;
        double[] steps = [.. Enumerable.Range(0, Steps + 1).Select(step => (double)step)];
        // In float32 differences below a few 1e-6 are rounding.
        foreach (var path in paths) plot.Line(steps, [.. path.Losses.Select(loss => Math.Max(loss - best, 1e-5))], path.Ink, path.Name);
        return plot;
    }

    /// <summary>Where an optimizer went, and the loss there.</summary>
    sealed record Path(string Name, OxyColor Ink, double Rate, Line[] Places, double[] Losses)
    {
        public string[] Row(double best)
        {
            var last = Array.FindLastIndex(Losses, loss => !(loss <= 1.01 * best));
            return [Name, Invariant($"{Rate:0.####}"), Losses[^1] < 1e6 ? Invariant($"{Losses[^1]:0.000}") : Invariant($"{Losses[^1]:0.0e+0}"), last == Losses.Length - 1 ? "never" : Invariant($"{last + 1}")];
        }
    }
}
