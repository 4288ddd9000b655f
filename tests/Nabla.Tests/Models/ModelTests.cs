using Nabla.Backends.Cpu;
using Nabla.Models;
using Nabla.Optimizers;

namespace Nabla.Tests.Models;

public class ModelTests
{
    [Fact]
    public void Least_squares_solves_the_normal_equations()
    {
        var x = Tensor.Normal([50, 4], generator: new Generator(1)).To(DType.Float64);
        var y = Tensor.Normal([50, 2], generator: new Generator(2)).To(DType.Float64);
        var w = LeastSquares.Solve(x, y);
        // At the minimum the residual is at right angles to every column of x.
        Assert.All(x.Transpose().MatMul(x.MatMul(w) - y).ToArray<double>(), r => Assert.Equal(0, r, 1e-12));
        Assert.Equal(w[.., 1].ToArray<double>(), LeastSquares.Solve(x, y[.., 1]).ToArray<double>());
    }

    [Fact]
    public void Least_squares_of_an_ill_conditioned_fit_keeps_its_digits()
    {
        // A polynomial of degree 9 at 30 points; its normal equations have a condition of 1e13 and more.
        var x = Tensor.From(Enumerable.Range(0, 30).SelectMany(i => Enumerable.Range(0, 10).Select(d => Math.Pow(i / 29.0, d))).ToArray(), [30, 10]);
        var w = Tensor.From(1.0, -2, 3, -4, 5, -6, 7, -8, 9, -10);
        Reference.AssertClose(w, LeastSquares.Solve(x, x.MatMul(w)), "coefficients", 1e-8);
    }

    [Fact]
    public void Least_squares_without_a_unique_solution_says_so()
    {
        var column = Tensor.Normal([9, 1], generator: new Generator(1));
        var twice = column.Expand([9, 2]);
        Assert.Contains("depend on each other", Assert.Throws<ArgumentException>(() => LeastSquares.Solve(twice, column)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => LeastSquares.Solve(Tensor.Ones([2, 3]), Tensor.Ones([2])));
        Assert.Throws<ArgumentException>(() => LeastSquares.Solve(Tensor.Ones([3, 2]), Tensor.Ones([2])));
    }

    [Fact]
    public void Descent_reaches_the_closed_form_of_linear_regression()
    {
        var generator = new Generator(4);
        var x = Tensor.Normal([200, 3], mean: 1, generator: generator);
        var y = x.MatMul(Tensor.From(new float[,] { { 1 }, { -2 }, { 0.5f } })) + 3 + Tensor.Normal([200, 1], deviation: 0.1, generator: generator);
        var (exact, learnt) = (new LinearRegression(3), new LinearRegression(3));
        exact.Fit(x, y);
        var least = exact.Loss(x, y).Item();
        Assert.Equal(0.01, least, 0.002);
        var optimizer = new Adam(learnt, 0.1);
        for (var step = 0; step < 1500; step++) optimizer.Step(Gradients.Of(() => learnt.Loss(x, y)).Gradients);
        Assert.Equal(least, learnt.Loss(x, y).Item(), 1e-4);
        Reference.AssertClose(exact.Linear.Weight, learnt.Linear.Weight, "weight", 1e-2);
    }

    [Fact]
    public void Linear_regression_far_from_the_origin_fits_as_well()
    {
        var x = Tensor.Arange(20).Reshape(20, 1) + 100_000;
        var model = new LinearRegression(1);
        model.Fit(x, (x - 100_000) * 2);
        Assert.Equal(2, model.Linear.Weight.Value.Item(), 1e-6);
        Assert.Equal(-200_000, model.Linear.Bias!.Value.Item(), 0.1);
    }

    [Fact]
    public void Logistic_regression_separates_and_is_sure_of_it()
    {
        var x = Tensor.From(new float[,] { { 0, 1 }, { 1, 3 }, { 3, 1 }, { 4, 2 } });
        var y = Tensor.From(1f, 1f, 0f, 0f);
        var model = new LogisticRegression(2).Initialize(1);
        var optimizer = new SGD(model, 0.5) { Momentum = 0.9 };
        for (var step = 0; step < 200; step++) optimizer.Step(Gradients.Of(() => model.Loss(x, y)).Gradients);
        Assert.Equal([true, true, false, false], (model.Probability(x) > 0.5).ToArray<bool>());
        Assert.True(model.Loss(x, y).Item() < 0.02);
    }

    [Fact]
    public void Softmax_regression_learns_three_corners()
    {
        var x = Tensor.From(new float[,] { { 2, 0 }, { 3, 1 }, { -2, 0 }, { -3, -1 }, { 0, 3 }, { 1, 4 } });
        var labels = Tensor.From(0L, 0, 1, 1, 2, 2);
        var model = new SoftmaxRegression(2, 3).Initialize(1);
        var optimizer = new AdamW(model, 0.1);
        for (var step = 0; step < 100; step++) optimizer.Step(Gradients.Of(() => model.Loss(x, labels)).Gradients);
        Assert.Equal(labels.ToArray<long>(), model.Forward(x).ArgMax(-1).ToArray<long>());
        Reference.AssertClose(Tensor.Ones([6]), model.Probabilities(x).Sum(-1), "probabilities", 1e-6);
    }

    [Fact]
    public void Mlp_learns_exclusive_or()
    {
        var x = Tensor.From(new float[,] { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } });
        var y = Tensor.From(0f, 1f, 1f, 0f).Reshape(4, 1);
        var model = new Mlp(2, [8], 1, hidden => hidden.Tanh()).Initialize(3);
        var optimizer = new Adam(model, 0.05);
        for (var step = 0; step < 300; step++) optimizer.Step(Gradients.Of(() => model.Forward(x).BinaryCrossEntropyWithLogits(y)).Gradients);
        Assert.Equal([false, true, true, false], (model.Forward(x) > 0).ToArray<bool>());
    }

    [Fact]
    public void Mlp_tells_the_arms_of_a_spiral_apart()
    {
        var (x, labels) = Spiral();
        var model = new Mlp(2, [32, 32], 3).Initialize(1);
        Train(model, x, labels, 300);
        var right = model.Forward(x).ArgMax(-1).EqualTo(labels).To(DType.Float32).Mean().Item();
        Assert.True(right > 0.97, $"{right:P1} of the points are on the right arm");
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_with_one_thread_and_with_two()
    {
        var (x, labels) = Spiral();
        var before = ThreadTeam.Threads;
        var weights = new[] { 1, 2 }.Select(threads =>
        {
            ThreadTeam.Threads = threads;
            var model = new Mlp(2, [256, 300], 3).Initialize(1);
            Train(model, x, labels, 10);
            return model.Parameters().SelectMany(p => p.Parameter.Value.ToArray<float>()).ToArray();
        }).ToArray();
        ThreadTeam.Threads = before;
        Assert.Equal(weights[0], weights[1]);
    }

    [Fact]
    public void Eight_threads_on_one_model_infer_what_one_does()
    {
        var model = new Mlp(20, [64, 64], 5).Initialize(1);
        var inputs = Enumerable.Range(0, 64).Select(i => Tensor.Normal([16, 20], generator: new Generator((ulong)i))).ToArray();
        var alone = inputs.Select(x => model.Forward(x).ToArray<float>()).ToArray();
        var together = new float[inputs.Length][];
        var threads = Enumerable.Range(0, 8).Select(t => new Thread(() =>
        {
            for (var round = 0; round < 5; round++)
                for (var i = t; i < inputs.Length; i += 8) together[i] = model.Forward(inputs[i]).ToArray<float>();
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        for (var i = 0; i < inputs.Length; i++) Assert.Equal(alone[i], together[i]);
    }

    static (Tensor X, Tensor Labels) Spiral()
    {
        var (points, labels) = (new List<float>(), new List<long>());
        for (var i = 0; i < 300; i++)
        {
            var (arm, r) = (i % 3, i / 300.0);
            var angle = (arm * 2 * Math.PI / 3) + (4 * r);
            points.AddRange([(float)(r * Math.Cos(angle)), (float)(r * Math.Sin(angle))]);
            labels.Add(arm);
        }
        return (Tensor.From(points.ToArray(), [300, 2]), Tensor.From(labels.ToArray()));
    }

    static void Train(Mlp model, Tensor x, Tensor labels, int steps)
    {
        var optimizer = new Adam(model, 1e-2);
        for (var step = 0; step < steps; step++) optimizer.Step(Gradients.Of(() => model.Forward(x).CrossEntropy(labels)).Gradients.ClipNorm(5));
    }
}
