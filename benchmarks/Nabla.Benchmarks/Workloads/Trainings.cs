using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using static TorchSharp.torch;
using TorchModule = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Nabla.Benchmarks.Workloads;

/// <summary>The models that are trained side by side.</summary>
internal static class Trainings
{
    static readonly int[] Widths = [784, 512, 256, 10];

    public static TrainingWorkload Mlp { get; } = Perceptron("mlp", Widths, new(2));

    static TrainingWorkload SmallMlp { get; } = Perceptron("mlp", [Digits.Pixels, 128, 64, Digits.Classes], new(2));

    public static TrainingWorkload LeNet { get; } = new("lenet", "a training step of LeNet-5, 28 × 28, batch 128, Adam", new(3), Batch: 128, [1, 28, 28], Classes: 10)
    {
        Model = () => new LeNet(),
        TorchModel = () => nn.Sequential(
            nn.Conv2d(1, 6, 5, padding: 2), nn.MaxPool2d(2), nn.ReLU(inplace: true), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2), nn.ReLU(inplace: true), nn.Flatten(),
            nn.Linear(400, 120), nn.ReLU(inplace: true), nn.Linear(120, 84), nn.ReLU(inplace: true), nn.Linear(84, 10)),
        Optimizer = model => new Adam(model, 1e-3),
        TorchOptimizer = parameters => optim.Adam(parameters, 1e-3),
        ForwardFlops = (2 * ((784 * 6 * 25) + (100 * 16 * 150) + (400 * 120) + (120 * 84) + (84 * 10)), 2 * 784 * 6 * 25),
    };

    public static TrainingWorkload ResNet18 { get; } = Residual("a training step of ResNet-18 for 3 × 32 × 32, batch 32, SGD with momentum", [3, 32, 32], batch: 32, 0.01);

    static TrainingWorkload GreyResNet18 { get; } = Residual("a training step of ResNet-18 for 1 × 28 × 28, batch 8, SGD with momentum", [1, 28, 28], batch: 8, 0.001);

    static TrainingWorkload CharacterRnn { get; } = Characters("char-rnn", "tanh RNN of 256", layers: 1, gates: 1, () => new Rnn(128, 256), () => nn.RNN(128, 256, batchFirst: true));

    static TrainingWorkload CharacterLstm { get; } =
        Characters("char-lstm", "LSTM of 2 × 256", layers: 2, gates: 4, () => new Lstm(128, 256, layers: 2), () => nn.LSTM(128, 256, numLayers: 2, batchFirst: true));

    public static IEnumerable<TrainingWorkload> All => [Mlp, LeNet, ResNet18, CharacterRnn, CharacterLstm];

    public static TrainingWorkload Of(string name) => All.Single(training => training.Name == name);

    /// <summary>Of this name and for the data at hand: clothes of 28 × 28 pixels, for the perceptron digits of 8 × 8, for the models of characters a novel.</summary>
    public static TrainingWorkload WithRealData(string name) => name == Mlp.Name ? SmallMlp : name == ResNet18.Name ? GreyResNet18 : Of(name);

    /// <summary>Real data for such a training: batches of inputs and labels.</summary>
    public static (float[] Inputs, long[] Labels)[] RealBatches(TrainingWorkload training, int count) =>
        training.Symbols is not null ? Texts.Batches(training.Batch, training.Pixels, count)
        : training.Pixels == Digits.Pixels ? Digits.Batches(training.Batch)
        : FashionMnist.Batches(training.Batch, count);

    static TrainingWorkload Residual(string work, int[] input, int batch, double learningRate)
    {
        var (pixels, stem) = ((double)input[1] * input[2], 2.0 * input[1] * input[2] * 64 * 9 * input[0]);
        // Four convolutions a stage; from the second on, the first sees half the channels, a projection is added, and there are a quarter of the pixels.
        var stages = 2 * pixels * 9 * 64 * 64 * (4 + (3 * (3 + 0.5 + (1.0 / 18))));
        return new("resnet18", work, new(1.5), batch, input, Classes: 10)
        {
            Model = () => ResNet.Cifar18(channels: input[0]),
            TorchModel = () => new TorchResNet(10, input[0], large: false),
            Optimizer = model => new SGD(model, learningRate) { Momentum = 0.9 },
            TorchOptimizer = parameters => optim.SGD(parameters, learningRate, momentum: 0.9),
            ForwardFlops = (stem + stages, stem),
            PartsByRounding = true,
        };
    }

    static TrainingWorkload Perceptron(string name, int[] widths, Goal goal)
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

    /// <summary>An embedding of 96 characters in 128 numbers, recurrent layers of 256 units, logits of the next character.</summary>
    static TrainingWorkload Characters(string name, string what, int layers, int gates, Func<Recurrent> ours, Func<nn.Module> theirs)
    {
        const int symbols = 96, width = 128, hidden = 256, batch = 32, steps = 64;
        var recurrent = 2.0 * gates * hidden * ((width + hidden) + ((layers - 1) * (hidden + hidden)));
        return new(name, $"a training step of a model of characters: {what} units, {batch} stretches of {steps} characters, Adam", new(1.6), batch, [steps], symbols)
        {
            Symbols = symbols,
            Model = () => new CharacterLogits(new CharacterModel(symbols, ours())),
            TorchModel = () => new TorchCharacters(symbols, width, hidden, theirs()),
            Optimizer = model => new Adam(model, 1e-3),
            TorchOptimizer = parameters => optim.Adam(parameters, 1e-3),
            ForwardFlops = (steps * (recurrent + (2.0 * hidden * symbols)), 0),
        };
    }

    /// <summary>A model of characters without its state.</summary>
    sealed class CharacterLogits(CharacterModel model) : ILayer
    {
        public void Describe(Members members) => model.Describe(members);

        public Tensor Forward(Tensor x) => model.Forward(x).Logits;
    }
}
