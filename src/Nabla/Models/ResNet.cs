using Nabla.Checkpoints;
using Nabla.Initializers;
using Nabla.Layers;

namespace Nabla.Models;

/// <summary>
/// Residual networks (He, Zhang, Ren, Sun 2016, "Deep residual learning for image recognition"): blocks that add to what they are given, so that depth does not
/// stand in the gradient's way.  x: [batch, channels, height, width] → logits [batch, classes]. Three forms: <see cref="ImageNet18"/> (§4.1),
/// <see cref="Cifar18"/>, the same for small images, and <see cref="Cifar"/> (§4.2), of which a depth of 20 suits 28 × 28 pixels.
/// </summary>
public sealed partial class ResNet : ILayer
{
    private readonly bool reduces;

    private ResNet(int classes, int channels, int[] widths, int blocks, bool large, bool projects)
    {
        reduces = large;
        Stem = large ? new(channels, widths[0], kernel: 7, stride: 2, padding: 3, initializer: ResNetBlock.HeNormal(widths[0], 7))
            : new(channels, widths[0], kernel: 3, padding: 1, initializer: ResNetBlock.HeNormal(widths[0], 3));
        Stages = [.. widths.Select((width, stage) => new Sequential(Enumerable.Range(0, blocks).Select(block =>
            stage > 0 && block == 0 ? new ResNetBlock(widths[stage - 1], width, stride: 2, projects) : new ResNetBlock(width, width, stride: 1, projects))))];
        Head = new(widths[^1], classes);
    }

    /// <summary>ResNet-18 of Table 1: a 7 × 7 stem and a pool, which leave a quarter of the side, and four stages of two blocks. For images of 224 × 224 or so.</summary>
    /// <param name="classes">How many there are.</param>
    /// <param name="channels">Of the input: 1 for grey, 3 for colours.</param>
    public static ResNet ImageNet18(int classes = 1000, int channels = 3) => new(classes, channels, [64, 128, 256, 512], blocks: 2, large: true, projects: true);

    /// <summary>ResNet-18 for images of 32 × 32 or so: the stem is 3 × 3 and keeps the size.</summary>
    /// <param name="classes">How many there are.</param>
    /// <param name="channels">Of the input: 1 for grey, 3 for colours.</param>
    public static ResNet Cifar18(int classes = 10, int channels = 3) => new(classes, channels, [64, 128, 256, 512], blocks: 2, large: false, projects: true);

    /// <summary>The small networks of §4.2: three stages of 16, 32 and 64 channels with n blocks each, 6n + 2 layers; shortcuts have no parameters.</summary>
    /// <param name="depth">6n + 2: 20 (0.27 million parameters), 32, 44, 56 or 110.</param>
    /// <param name="classes">How many there are.</param>
    /// <param name="channels">Of the input: 1 for grey, 3 for colours.</param>
    /// <exception cref="ArgumentOutOfRangeException">The depth is not 6n + 2.</exception>
    public static ResNet Cifar(int depth = 20, int classes = 10, int channels = 3)
    {
        if (depth < 8 || depth % 6 != 2) throw new ArgumentOutOfRangeException(nameof(depth), depth, "ResNet: a depth of 6n + 2 is needed: 8, 14, 20, 26, …");
        return new(classes, channels, [16, 32, 64], blocks: depth / 6, large: false, projects: false);
    }

    /// <summary>The first convolution.</summary>
    public ConvBatchNorm Stem { get; }

    /// <summary>Blocks one after another; each stage but the first begins by halving the side.</summary>
    public IReadOnlyList<Sequential> Stages { get; }

    /// <summary>The logits, from the means of the last stage's maps.</summary>
    public Linear Head { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">x is not [batch, channels, height, width].</exception>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var hidden = Stem.Forward(x).Relu();                                                    // [batch, widths[0], height, width], of 7 × 7 the halves
        if (reduces) hidden = hidden.MaxPool2d(3, stride: 2, padding: 1);
        foreach (var stage in Stages) hidden = stage.Forward(hidden);                           // [batch, widths[stage], height / 2ˢ, width / 2ˢ]
        return Head.Forward(hidden.Mean([2, 3]));
    }

    /// <summary>
    /// From the names that torchvision gives to <see cref="ImageNet18"/>: <c>conv1.weight</c>, <c>layer2.0.downsample.1.running_mean</c>, <c>fc.bias</c>, … The counts of
    /// batches (<c>num_batches_tracked</c>) are passed over: no result depends on them.
    /// </summary>
    public static KeyMap TorchvisionNames { get; } = Enumerable.Range(1, 4).Aggregate(new KeyMap(), (map, stage) => map.Rename($"layer{stage}.*", $"stages.{stage - 1}.*"))
        .Rename("stages.*.*.conv1", "stages.*.*.first.convolution").Rename("stages.*.*.bn1", "stages.*.*.first.norm")
        .Rename("stages.*.*.conv2", "stages.*.*.second.convolution").Rename("stages.*.*.bn2", "stages.*.*.second.norm")
        .Rename("downsample.0", "shortcut.convolution").Rename("downsample.1", "shortcut.norm")
        .Rename("conv1", "stem.convolution").Rename("bn1", "stem.norm").Rename("fc", "head").Ignore("num_batches_tracked");
}

/// <summary>relu(f(x) + x), where f is two 3 × 3 convolutions (Fig. 2).  x: [batch, channels, height, width] → [batch, outputs, height / stride, width / stride]</summary>
public sealed partial class ResNetBlock : ILayer
{
    internal ResNetBlock(int channels, int outputs, int stride, bool projects)
    {
        First = new(channels, outputs, kernel: 3, stride, padding: 1, initializer: HeNormal(outputs, 3));
        Second = new(outputs, outputs, kernel: 3, padding: 1, initializer: HeNormal(outputs, 3));
        if (stride == 1) return;
        Shortcut = projects ? new ConvBatchNorm(channels, outputs, kernel: 1, stride, initializer: HeNormal(outputs, 1)) : new Subsampling(stride, outputs - channels);
    }

    /// <summary>The convolution that may halve the side.</summary>
    public ConvBatchNorm First { get; }

    /// <summary>The convolution whose result is added.</summary>
    public ConvBatchNorm Second { get; }

    /// <summary>What x itself goes through where the shape changes: a projection, or a subsampling without parameters; else null.</summary>
    public ILayer? Shortcut { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        var f = Second.Forward(First.Forward(x).Relu());
        return (f + (Shortcut?.Forward(x) ?? x)).Relu();
    }

    /// <summary>Normal with deviation √(2 / fan-out) (He et al. 2015, §2.2, the backward case): what torchvision begins with.</summary>
    internal static Initializer HeNormal(int outputs, int kernel) => Initialize.KaimingNormal(outputs * kernel * kernel);

    /// <summary>Every stride-th pixel, and more channels of zeros behind (§3.3, option A).</summary>
    private sealed partial class Subsampling(int stride, int more) : ILayer
    {
        public Tensor Forward(Tensor x) =>
            x.Slice(2, 0, x.Shape[2], stride).Slice(3, 0, x.Shape[3], stride).Pad([0, 0, 0], [more, 0, 0]);
    }
}
