using Nabla.Checkpoints;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Tests.Checkpoints;

namespace Nabla.Tests.Models;

public class ResNetTests
{
    /// <summary>Of torchvision's resnet18; of the usual ResNet-18 for CIFAR-10; 0.27, 0.85 and 1.7 million in Table 6, exactly as others count them.</summary>
    [Fact]
    public void Have_the_published_numbers_of_parameters()
    {
        Assert.Equal(11_689_512, ResNet.ImageNet18().ParameterCount());
        Assert.Equal(11_173_962, ResNet.Cifar18().ParameterCount());
        Assert.Equal([269_722, 853_018, 1_727_962], new[] { 20, 56, 110 }.Select(depth => ResNet.Cifar(depth).ParameterCount()));
    }

    [Fact]
    public void Give_a_logit_for_each_class_whatever_the_size_of_the_image()
    {
        var model = ResNet.Cifar(depth: 8, classes: 7, channels: 1);
        foreach (var (height, width) in new[] { (9, 9), (28, 28), (32, 17) }) Assert.Equal(Shape.Create(2, 7), model.Forward(Image(2, 1, height, width)).Shape);
    }

    [Fact]
    public void A_depth_that_is_not_6n_and_2_is_refused() =>
        Assert.Contains("8, 14, 20, 26, …", Assert.Throws<ArgumentOutOfRangeException>(() => ResNet.Cifar(22)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_shortcut_without_parameters_takes_every_second_pixel_and_adds_channels_of_zeros()
    {
        var x = Image(2, 16, 5, 4);
        var y = ((ResNetBlock)ResNet.Cifar(depth: 8).Stages[1][0]).Shortcut!.Forward(x);
        Assert.Equal(Shape.Create(2, 32, 3, 2), y.Shape);
        foreach (var i in Ops.Naive.Indices(y.Shape.ToArray()))
            Assert.Equal(i[1] < 16 ? x[i[0], i[1], 2 * i[2], 2 * i[3]].Item() : 0, y[i[0], i[1], i[2], i[3]].Item());
    }

    /// <summary>Running statistics that are not those of the beginning, after training steps; then folded against unfolded, which a closure is.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void Folded_normalisations_change_nothing(bool projects)
    {
        var model = (projects ? ResNet.Cifar18(channels: 1) : ResNet.Cifar(depth: 8, channels: 1)).Initialize(1);
        var (x, labels) = (Image(4, 1, 12, 12), Tensor.From(0L, 3, 5, 9));
        var optimizer = new SGD(model, 0.01);
        for (var step = 0; step < 2; step++) optimizer.Step(Gradients.Of(() => model.Forward(x).CrossEntropy(labels)).Gradients);
        Tensor? unfolded = null;
        Gradients.Of(() =>
        {
            using (Mode.Evaluate()) return (unfolded = model.Forward(x)).Sum();
        });
        Reference.AssertClose(unfolded!, model.Forward(x), "folded", 1e-5);
    }

    [Fact]
    public void Learns_a_batch_by_heart()
    {
        var model = ResNet.Cifar(depth: 8, channels: 1).Initialize(1);
        var (x, labels) = (Image(16, 1, 10, 10), Tensor.From(Enumerable.Range(0, 16).Select(i => i % 10L).ToArray()));
        var optimizer = new SGD(model, 0.1) { Momentum = 0.9 };
        var loss = double.NaN;
        for (var step = 0; step < 25; step++)
        {
            var (value, gradients) = Gradients.Of(() => model.Forward(x).CrossEntropy(labels));
            optimizer.Step(gradients);
            loss = value.Item();
        }
        Assert.InRange(loss, 0, 0.1);
    }

    [Fact]
    public void Torchvision_s_checkpoint_loads_whole_and_every_tensor_to_its_place()
    {
        using var folder = new ScratchFolder();
        var file = folder["resnet18.safetensors"];
        var stored = TorchvisionShapes();
        Assert.Equal(122, stored.Count);
        var generator = new Generator(3);
        var tensors = stored.ToDictionary(t => t.Key, t => t.Value.Rank == 0 ? Tensor.Scalar(7, DType.Int64) : Tensor.Uniform(t.Value, 0.1, 1, generator));
        Safetensors.Save(file, tensors);
        var model = ResNet.ImageNet18();
        Assert.True(Checkpoint.Load(model, file, ResNet.TorchvisionNames).IsComplete);
        var block = (ResNetBlock)model.Stages[2][0];
        foreach (var (name, value) in new (string, Tensor)[]
        {
            ("conv1.weight", model.Stem.Convolution.Weight), ("bn1.running_var", model.Stem.Norm.RunningVar), ("fc.bias", model.Head.Bias!),
            ("layer3.0.conv1.weight", block.First.Convolution.Weight), ("layer3.0.bn2.bias", block.Second.Norm.Bias),
            ("layer3.0.downsample.1.running_mean", ((ConvBatchNorm)block.Shortcut!).Norm.RunningMean),
            ("layer4.1.conv2.weight", ((ResNetBlock)model.Stages[3][1]).Second.Convolution.Weight),
        })
            Assert.Equal(tensors[name].ToArray<float>(), value.ToArray<float>());
        Assert.Equal(Shape.Create(1, 1000), model.Forward(Image(1, 3, 37, 32)).Shape);
    }

    /// <summary>As torchvision.models.resnet18().state_dict() lists them.</summary>
    static Dictionary<string, Shape> TorchvisionShapes()
    {
        var shapes = new Dictionary<string, Shape>();
        Convolution("conv1", "bn1", 64, 3, 7);
        int[] widths = [64, 64, 128, 256, 512];
        for (var layer = 1; layer <= 4; layer++)
        {
            for (var block = 0; block < 2; block++)
            {
                var path = $"layer{layer}.{block}.";
                Convolution(path + "conv1", path + "bn1", widths[layer], block == 0 ? widths[layer - 1] : widths[layer], 3);
                Convolution(path + "conv2", path + "bn2", widths[layer], widths[layer], 3);
                if (layer > 1 && block == 0) Convolution(path + "downsample.0", path + "downsample.1", widths[layer], widths[layer - 1], 1);
            }
        }
        (shapes["fc.weight"], shapes["fc.bias"]) = ([1000, 512], [1000]);
        return shapes;

        void Convolution(string name, string norm, int outputs, int channels, int kernel)
        {
            shapes[name + ".weight"] = [outputs, channels, kernel, kernel];
            foreach (var part in (string[])["weight", "bias", "running_mean", "running_var"]) shapes[$"{norm}.{part}"] = [outputs];
            shapes[norm + ".num_batches_tracked"] = [];
        }
    }

    static Tensor Image(params int[] dims) => Tensor.Normal(Shape.Create(dims), generator: new Generator(5));
}
