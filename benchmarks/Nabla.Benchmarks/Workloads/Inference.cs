using Nabla.Models;
using Nabla.Optimizers;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

/// <summary>Whole models in use, without gradients.</summary>
internal static class Inference
{
    /// <summary>Multiplications and additions of one picture of 224 × 224 through ResNet-18: 1.814 · 10⁹ of each.</summary>
    const double ResNetFlops = 2 * 1.814e9;

    public static IEnumerable<Workload> All => [ResNet18(1), ResNet18(8)];

    /// <summary>The form for ImageNet (He et al. 2016, table 1), both sides with the same weights; the running statistics are those of a new model, 0 and 1.</summary>
    static Workload ResNet18(int batch)
    {
        int[] picture = [3, 224, 224];
        var weights = new TrainingWorkload("resnet18-imagenet", "", new(1.3), batch, picture, Classes: 1000)
        {
            Model = () => ResNet.ImageNet18(),
            TorchModel = () => new TorchResNet(1000, 3, large: true),
            Optimizer = model => new SGD(model, 0.1),
            TorchOptimizer = parameters => optim.SGD(parameters, 0.1),
            ForwardFlops = (ResNetFlops, 0),
        };
        var pixels = Values.Uniform(1, batch * weights.Pixels);
        return new($"resnet18-imagenet-{batch}", $"ResNet-18 in use, {batch} × 3 × 224 × 224", weights.Goal,
            () =>
            {
                var (model, x) = (weights.Ours(), weights.OurInputs(pixels));
                return NablaSide.Forward(() => model.Forward(x));
            },
            () =>
            {
                var (model, x) = (weights.Theirs(), weights.TheirInputs(pixels));
                model.eval();
                return TorchSide.Forward(() => model.forward(x));
            })
        {
            Flops = batch * ResNetFlops,
        };
    }
}
