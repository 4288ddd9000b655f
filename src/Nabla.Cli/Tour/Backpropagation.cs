using Nabla.Cli.Datasets;
using Nabla.Reports;

namespace Nabla.Cli.Tour;

/// <summary>Chapter 3: the chain rule, node by node, and against finite differences.</summary>
sealed class Backpropagation : Chapter
{
    const double Step = 1e-4;

    public override int Number => 3;

    public override string Title => "Backpropagation";

    public override string Summary => "where gradients come from, node by node, beside finite differences";

    public override void Run(Stage stage)
    {
        var cars = Cars.Load();
        // As written in the file, without the rounding of float32.
        var nodes = Nodes(Math.Round((double)cars.Weight[0, 0], 3), (double)cars.MilesPerGallon[0, 0]);
        stage.Say($"The loss of y = w·x + b for one car, the {cars.Names[0]}: each node with its value and its gradient.");
        stage.Show(["node", "value", "gradient", "finite difference"], nodes.Select(node => node.Row));
        stage.Check("Each node's gradient is that of finite differences to 8 digits.", nodes.All(node => Math.Abs(node.Gradient - node.Difference) <= 1e-8 * Math.Max(1, Math.Abs(node.Gradient))));
        var network = new Network(cars);
        var gradients = network.Gradient();
        stage.Say($"The same for a network of {gradients.Length} parameters: one backward pass beside {2 * gradients.Length} evaluations of the loss.");
        double[] steps = [.. Enumerable.Range(0, 25).Select(i => Math.Pow(10, -i / 2.0 - 0.5))];
        double[] errors = [.. steps.Select(step => network.WorstError(gradients, step))];
        var best = Array.IndexOf(errors, errors.Min());
        stage.Say(Invariant($"Finite differences come closest at a step of {steps[best]:0e+0}, off by {errors[best]:0.0e+0}; smaller steps drown in rounding."));
        stage.Result("gradientOfW", nodes.Single(node => node.Name == "w").Gradient);
        stage.Result("gradientOfB", nodes.Single(node => node.Name == "b").Gradient);
        stage.Result("worstNetworkError", errors[best]);
        stage.Check("A network's gradients are those of finite differences to 1 part in 100 million.", errors[best] < 1e-8);
        Write(stage.Page, cars.Names[0], nodes, steps, errors, gradients.Length);
    }

    /// <summary>
    /// The graph of (w·x + b − t)². To ask for the gradient at a node is to ask how the loss changes with its value: each comes from <see cref="Gradients"/>
    /// over the part of the graph behind the node, in float64.
    /// </summary>
    static Node[] Nodes(double x, double t)
    {
        const double w = -5, b = 40;
        return
        [
            Node.Of("w", "w", w, v => (v * x + b - t).Square()),
            Node.Of("x", "x", x, v => (w * v + b - t).Square()),
            Node.Of("b", "b", b, v => (w * x + v - t).Square()),
            Node.Of("p", "w · x", w * x, v => (v + b - t).Square()),
            Node.Of("y", "p + b", w * x + b, v => (v - t).Square()),
            Node.Of("t", "t", t, v => (w * x + b - v).Square()),
            Node.Of("e", "y − t", w * x + b - t, v => v.Square()),
            Node.Of("L", "e²", Math.Pow(w * x + b - t, 2), v => v),
        ];
    }

    static void Write(ChapterPage page, string car, Node[] nodes, double[] steps, double[] errors, int parameters)
    {
        page.Idea("A gradient says how the loss answers to a small change of each number; backpropagation finds all of them in one walk back through the computation.");
        page.Paragraph("Every computation is a graph of small steps whose slopes everybody knows: the slope of $w · x$ by $w$ is $x$, that of $e^2$ is $2 e$. " +
            "The chain rule says that slopes along a way multiply. So start at the loss, whose slope by itself is 1, go backwards, and at each node multiply what arrives by the node's own slope; where ways join, add.");
        page.Formula("\\frac{\\partial L}{\\partial w} = \\frac{\\partial L}{\\partial e} · \\frac{\\partial e}{\\partial y} · \\frac{\\partial y}{\\partial p} · \\frac{\\partial p}{\\partial w} = 2 e · 1 · 1 · x");
        page.Section("What was run");
        page.Paragraph($"One car, the {car}, with $w = -5$ and $b = 40$. The gradient at every node comes from `Gradients.Of`; beside it the finite difference, which changes the node's value a little both ways and knows nothing of slopes:");
        page.Formula(Invariant($"\\frac{{\\partial L}}{{\\partial v}} ≈ \\frac{{L(v + h) - L(v - h)}}{{2 h}} \\quad h = {Step}"));
        page.Drawing(GraphDrawing.Of(nodes), "The graph of one prediction and its loss. Blue: the values, computed from left to right. Orange: the gradients, computed from right to left.");
        page.Section("The numbers");
        page.Table(["node", "value", "gradient", "finite difference"], nodes.Select(node => node.Row));
        page.Paragraph($"A network is a larger graph and nothing else. Here a hidden layer of 8 tanh units predicts the consumption of all cars; its {parameters} gradients are compared with finite differences over steps $h$ of every size:");
        page.Plot(new Plot("step h", "worst relative difference", logarithmicX: true, logarithmicY: true).Line(steps, errors, Ink.Blue, dots: 3),
            "A curve shaped like a V: large steps and small steps are both far off",
            "How far finite differences are from backpropagation. To the right their own error of order $h^2$, to the left rounding, which the division by $h$ magnifies. At the bottom both agree to about ten digits.", height: 340);
        page.Notice(
            "The gradient of $x$ comes for free. Nobody trains on it here, but it is how a layer below would learn: its output is this layer's $x$.",
            $"Finite differences need two runs of the loss for each of the {parameters} parameters and are still the less exact. Backpropagation costs about as much as two more runs, for any number of parameters.",
            "They make the best test, though: Nabla checks the gradient of each of its operations in this way.");
    }

    /// <summary>A node of the graph: its value and the slope of the loss there, found twice.</summary>
    internal sealed record Node(string Name, string Formula, double Value, double Gradient, double Difference)
    {
        public static Node Of(string name, string formula, double value, Func<Tensor, Tensor> lossBehind)
        {
            var at = Tensor.Scalar(value, DType.Float64);
            var gradient = (double)Gradients.Of(() => lossBehind(at), at).Gradients[at];
            double Loss(double v) => (double)lossBehind(Tensor.Scalar(v, DType.Float64));
            return new(name, formula, value, gradient, (Loss(value + Step) - Loss(value - Step)) / (2 * Step));
        }

        public string[] Row => [Name == Formula ? Name : $"{Name} = {Formula}", Invariant($"{Value:0.####}"), Invariant($"{Gradient:0.########}"), Invariant($"{Difference:0.########}")];
    }

    /// <summary>ŷ = w₂ · tanh(w₁ x + b₁) + b₂ over all cars, its parameters in one float64 tensor. [25]</summary>
    sealed class Network(Cars cars)
    {
        const int Hidden = 8;

        readonly Tensor x = cars.Weight.To(DType.Float64), y = cars.MilesPerGallon.To(DType.Float64);
        readonly Tensor parameters = Tensor.Normal([3 * Hidden + 1], 0, 0.5, new Generator(3)).To(DType.Float64);

        public double[] Gradient() => Gradients.Of(() => Loss(parameters), parameters).Gradients[parameters].Doubles();

        /// <summary>The largest difference from finite differences, as a part of the largest gradient.</summary>
        public double WorstError(double[] gradient, double step)
        {
            var (values, worst) = (parameters.Doubles(), 0.0);
            for (var i = 0; i < values.Length; i++)
            {
                double At(double shift)
                {
                    var shifted = (double[])values.Clone();
                    shifted[i] += shift;
                    return (double)Loss(Tensor.From(shifted, [shifted.Length]));
                }
                worst = Math.Max(worst, Math.Abs((At(step) - At(-step)) / (2 * step) - gradient[i]));
            }
            return worst / gradient.Max(Math.Abs);
        }

        Tensor Loss(Tensor p)
        {
            var hidden = (x * p[..Hidden] + p[Hidden..(2 * Hidden)]).Tanh();                                // [cars, hidden]
            var prediction = hidden.MatMul(p[(2 * Hidden)..(3 * Hidden)].Reshape(-1, 1)) + p[3 * Hidden];   // [cars, 1]
            return (prediction - y).Square().Mean();
        }
    }
}
