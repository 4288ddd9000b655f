using Nabla.Models;
using Nabla.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

/// <summary>A step of training a perceptron with Adam: forward, cross entropy, backward, optimizer. Weights are given, so that both sides begin alike.</summary>
internal sealed class MlpTraining(int[] widths, double learningRate)
{
    const int Batch = 128, Batches = 61, CheckedSteps = 3;
    static readonly int[] Widths = [784, 512, 256, 10];

    public static Workload Row { get; } = new(
        "mlp", $"a training step of {string.Join('-', Widths)} with ReLU, batch {Batch}, Adam", new(2),
        () => Alternating(new MlpTraining(Widths, 1e-3).Ours(), x => Tensor.From(x, [Batch, Widths[0]]), y => Tensor.From(y, [Batch])),
        () => Alternating(new MlpTraining(Widths, 1e-3).Theirs(), x => TorchSide.From(x, Batch, Widths[0]), y => tensor(y)))
    {
        Flops = Batch * (2.0 * 3 * Widths.Zip(Widths.Skip(1), (inputs, outputs) => (double)inputs * outputs).Sum() - 2.0 * Widths[0] * Widths[1]),
    };

    /// <summary>A step from a batch of inputs [batch, widths[0]] and labels [batch] to its loss, for Nabla.</summary>
    public Func<Tensor, Tensor, double> Ours()
    {
        var model = new Mlp(widths[0], widths[1..^1], widths[^1]);
        foreach (var (layer, (_, _, weight, bias)) in model.Layers.Zip(Layers))
        {
            layer.Weight.Set(Tensor.From(weight, layer.Weight.Shape));
            layer.Bias!.Set(Tensor.From(bias, layer.Bias.Shape));
        }
        var optimizer = new Adam(model, learningRate);
        return (x, labels) =>
        {
            var (loss, gradients) = Gradients.Of(() => model.Forward(x).CrossEntropy(labels));
            optimizer.Step(gradients);
            return loss.Item();
        };
    }

    /// <summary>The same for TorchSharp.</summary>
    public Func<torch.Tensor, torch.Tensor, double> Theirs()
    {
        var modules = Layers.SelectMany(layer =>
        {
            var linear = nn.Linear(layer.Inputs, layer.Outputs);
            linear.weight = new TorchSharp.Modules.Parameter(TorchSide.From(layer.Weight, layer.Outputs, layer.Inputs));
            linear.bias = new TorchSharp.Modules.Parameter(TorchSide.From(layer.Bias, layer.Outputs));
            return new nn.Module<torch.Tensor, torch.Tensor>[] { linear, nn.ReLU() };
        }).SkipLast(1);
        var model = nn.Sequential(modules);
        var optimizer = optim.Adam(model.parameters(), learningRate);
        return (x, labels) =>
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var loss = nn.functional.cross_entropy(model.forward(x), labels);
            loss.backward();
            optimizer.step();
            return loss.item<float>();
        };
    }

    IEnumerable<(int Inputs, int Outputs, float[] Weight, float[] Bias)> Layers => widths.Zip(widths.Skip(1)).Select((pair, i) =>
    {
        var bound = 1 / Math.Sqrt(pair.First);
        return (pair.First, pair.Second, Values.Uniform(2 * i, pair.First * pair.Second, bound), Values.Uniform((2 * i) + 1, pair.Second, bound));
    });

    /// <summary>Steps over batches whose labels change from round to round, so that the loss, and with it the work, stays what it is.</summary>
    static Side Alternating<T>(Func<T, T, double> step, Func<float[], T> inputs, Func<long[], T> labels)
    {
        var x = Enumerable.Range(0, Batches).Select(i => inputs(Values.Uniform(100 + i, Batch * Widths[0]))).ToArray();
        var y = Enumerable.Range(0, Batches + 1).Select(i => labels(Values.Indices(200 + i, Batch, Widths[^1]))).ToArray();
        var steps = 0;
        double Next() => step(x[steps % x.Length], y[steps++ % y.Length]);
        return new(() => Next(), () => [[.. Enumerable.Range(0, CheckedSteps).Select(_ => (float)Next())]]);
    }
}
