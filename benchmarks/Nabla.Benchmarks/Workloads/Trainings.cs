using Nabla.Models;
using Nabla.Optimizers;
using static TorchSharp.torch;
using TorchModule = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Nabla.Benchmarks.Workloads;

/// <summary>The models that are trained side by side.</summary>
internal static class Trainings
{
    static readonly int[] Widths = [784, 512, 256, 10];

    public static Training Mlp { get; } = Perceptron("mlp", Widths, new(2));

    /// <summary>A smaller perceptron, which learns real digits of 8 × 8 pixels.</summary>
    public static Training SmallMlp { get; } = Perceptron("mlp", [Digits.Pixels, 128, 64, Digits.Classes], new(2));

    public static Training LeNet { get; } = new("lenet", "a training step of LeNet-5, 28 × 28, batch 128, Adam", new(3), Batch: 128, [1, 28, 28], Classes: 10)
    {
        Model = () => new LeNet(),
        TorchModel = () => nn.Sequential(
            nn.Conv2d(1, 6, 5, padding: 2), nn.ReLU(inplace: true), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(inplace: true), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(inplace: true), nn.Linear(120, 84), nn.ReLU(inplace: true), nn.Linear(84, 10)),
        Optimizer = model => new Adam(model, 1e-3),
        TorchOptimizer = parameters => optim.Adam(parameters, 1e-3),
        ForwardFlops = (2 * ((784 * 6 * 25) + (100 * 16 * 150) + (400 * 120) + (120 * 84) + (84 * 10)), 2 * 784 * 6 * 25),
    };

    public static IEnumerable<Training> All => [Mlp, LeNet];

    public static Training Of(string name) => All.Single(training => training.Name == name);

    static Training Perceptron(string name, int[] widths, Goal goal)
    {
        double[] products = [.. widths.Zip(widths.Skip(1), (inputs, outputs) => 2.0 * inputs * outputs)];
        return new(name, $"a training step of {string.Join('-', widths)} with ReLU, batch 128, Adam", goal, Batch: 128, [widths[0]], widths[^1])
        {
            Model = () => new Mlp(widths[0], widths[1..^1], widths[^1]),
            TorchModel = () => nn.Sequential(widths.Zip(widths.Skip(1)).SelectMany(pair => new TorchModule[] { nn.Linear(pair.First, pair.Second), nn.ReLU() }).SkipLast(1)),
            Optimizer = model => new Adam(model, 1e-3),
            TorchOptimizer = parameters => optim.Adam(parameters, 1e-3),
            ForwardFlops = (products.Sum(), products[0]),
        };
    }
}
