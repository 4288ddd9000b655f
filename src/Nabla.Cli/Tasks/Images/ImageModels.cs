using Nabla.Data;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Schedules;

namespace Nabla.Cli.Tasks.Images;

/// <summary>The models for images, optimizers and schedules by their names on the command line, with their defaults.</summary>
static class ImageModels
{
    public static string[] Names { get; } = ["mlp", "lenet", "resnet8", "resnet20", "resnet18"];

    /// <summary>From here on ResNet-18 has its form for ImageNet, which begins by quartering the side.</summary>
    const int ImageNetSide = 96;

    public static string[] Optimizers { get; } = ["sgd", "adam", "adamw"];

    public static string[] Schedules { get; } = ["cosine", "onecycle", "linear", "constant", "plateau"];

    /// <summary>[batch, channels, height, width] → logits [batch, classes].</summary>
    public static ILayer Make(ImageSettings settings)
    {
        var (channels, height, width, classes) = (settings.Channels.Value, settings.Height.Value, settings.Width.Value,
            settings.Classes.Value.Length);
        ILayer model = settings.Model.Value switch
        {
            "mlp" => new Sequential(new Flatten(), new Mlp(channels * height * width, [256, 128], classes)),
            "lenet" => new LeNet(classes, channels, height),
            "resnet8" => ResNet.Cifar(8, classes, channels),
            "resnet20" => ResNet.Cifar(20, classes, channels),
            "resnet18" when height < ImageNetSide => ResNet.Cifar18(classes, channels),
            "resnet18" => ResNet.ImageNet18(classes, channels),
            var name => throw new UserException($"There is no model '{name}'. There are {string.Join(", ", Names)}; or name the " +
                "folder of an earlier run."),
        };
        return model.Initialize(settings.Seed);
    }

    /// <summary>What does well on images of a size, in minutes: photographs need depth, small grey images do not.</summary>
    public static string Default(ImageSize size) =>
        size.Channels == 3 && size.Height >= 16 ? "resnet20" : size.Height >= LeastSide("lenet") ? "lenet" : "mlp";

    /// <summary>The smallest height and width it takes.</summary>
    public static int LeastSide(string model) => model == "lenet" ? 12 : 1;

    /// <summary>A rate that does well with the optimizer, for nets as small as these.</summary>
    public static double DefaultRate(string optimizer) => optimizer == "sgd" ? 0.1 : 2e-3;

    public static double DefaultDecay(string optimizer) => optimizer switch { "sgd" => 5e-4, "adamw" => 0.05, _ => 0 };

    public static string DefaultOptimizer(string model) => model.StartsWith("resnet", StringComparison.Ordinal) ? "sgd" : "adamw";

    public static Optimizer Optimizer(ImageSettings settings, IModule model) => settings.Optimizer.Value switch
    {
        "sgd" => new SGD(Groups(model), settings.LearningRate) { Momentum = 0.9, Nesterov = true, WeightDecay = settings.WeightDecay },
        "adam" => new Adam(Groups(model), settings.LearningRate) { WeightDecay = settings.WeightDecay },
        _ => new AdamW(Groups(model), settings.LearningRate) { WeightDecay = settings.WeightDecay },
    };

    /// <summary>Warm-up for the first twentieth of the steps, but for OneCycle, which has a warm-up of its own.</summary>
    public static Schedule Schedule(ImageSettings settings, long steps)
    {
        var (rate, warmUp) = (settings.LearningRate.Value, Math.Max(1, steps / 20));
        var rest = Math.Max(1, steps - warmUp);
        return settings.Schedule.Value switch
        {
            "onecycle" => new OneCycle(rate, Math.Max(2, steps)),
            "linear" => new LinearDecay(rate, rest).WarmUp(warmUp),
            "constant" => new Constant(rate).WarmUp(warmUp),
            "plateau" => new Plateau(rate, factor: 0.3, patience: 2, largerIsBetter: true).WarmUp(warmUp),
            _ => new CosineDecay(rate, rest).Then(new Constant(0), rest).WarmUp(warmUp),
        };
    }

    /// <summary>No weight decay for biases and the weights of normalisations, which have one number a channel.</summary>
    static ParameterGroup[] Groups(IModule model)
    {
        var single = model.Parameters().Where(member => member.Parameter.Shape.Rank < 2).Select(member => member.Path).ToHashSet();
        return [new(model, path => !single.Contains(path)), new(model, single.Contains) { WeightDecay = 0 }];
    }
}
