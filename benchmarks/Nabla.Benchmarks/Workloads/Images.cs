using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Nabla.Benchmarks.Workloads;

/// <summary>
/// What networks of images spend their time in besides 3 × 3 convolutions: convolutions of other kinds, pools, batch normalisation. Each forward, and forward with its
/// backward pass (-grad); where a layer is the first of its network, its input needs no gradient.
/// </summary>
internal static class Images
{
    static readonly Goal Faster = new(1.3);

    public static IEnumerable<Workload> All =>
    [
        .. Convolve("conv5x5-lenet1", [128, 1, 28, 28], [6, 1, 5, 5], padding: 2, first: true),
        .. Convolve("conv5x5-lenet2", [128, 6, 14, 14], [16, 6, 5, 5]),
        .. Convolve("conv1x1", [16, 256, 14, 14], [64, 256, 1, 1]),
        .. Convolve("conv1x1-wide", [8, 64, 56, 56], [256, 64, 1, 1]),
        .. Convolve("conv1x1s2", [32, 64, 32, 32], [128, 64, 1, 1], stride: 2),
        .. Convolve("conv3x3s2", [32, 64, 32, 32], [128, 64, 3, 3], stride: 2, padding: 1),
        .. Convolve("conv3x3d2", [8, 64, 32, 32], [64, 64, 3, 3], padding: 2, dilation: 2),
        .. Convolve("conv3x3g4", [16, 128, 28, 28], [128, 32, 3, 3], padding: 1, groups: 4),
        .. Convolve("conv7x7s2", [4, 3, 224, 224], [64, 3, 7, 7], stride: 2, padding: 3, first: true),
        .. Convolve("depthwise", [16, 128, 28, 28], [128, 1, 3, 3], padding: 1, groups: 128),
        .. Convolve("conv1d", [32, 64, 1, 256], [128, 64, 1, 5], padding: 2),
        .. Transpose("convtranspose", [16, 64, 16, 16], [64, 32, 4, 4], stride: 2, padding: 1),
        .. Map("maxpool2x2", [128, 6, 28, 28], x => x.MaxPool2d(2), x => F.max_pool2d(x, [2, 2])),
        .. Map("maxpool3x3s2", [8, 64, 56, 56], x => x.MaxPool2d(3, 2, 1), x => F.max_pool2d(x, [3, 3], strides: [2, 2], padding: [1, 1])),
        .. Map("avgpool2x2", [128, 6, 28, 28], x => x.AvgPool2d(2), x => F.avg_pool2d(x, [2, 2])),
        .. Map("globalpool", [32, 512, 7, 7], x => x.AdaptiveAvgPool2d(1), x => F.adaptive_avg_pool2d(x, [1, 1])),
        .. BatchNorm([32, 64, 32, 32]), .. BatchNorm([128, 512]),
        .. Map("relu", [32, 64, 32, 32], x => x.Relu(), x => F.relu(x)),
        .. Residual([32, 64, 32, 32]),
    ];

    static Workload[] Convolve(string name, long[] x, long[] w, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, bool first = false)
    {
        float[] X() => Values.Uniform(1, Shape(x).Length);
        float[] W() => Values.Uniform(2, Shape(w).Length);
        float[] B() => Values.Uniform(3, w[0]);
        // A one-dimensional convolution over the last axis.
        var flat = x[2] == 1 && w[2] == 1;
        Tensor Ours(Tensor image, Tensor weight, Tensor bias) => image.Conv2d(weight, bias, stride, flat ? (0, padding) : padding, dilation, groups);
        torch.Tensor Theirs(torch.Tensor image, torch.Tensor weight, torch.Tensor bias) =>
            F.conv2d(image, weight, bias, strides: [stride, stride], padding: [flat ? 0 : padding, padding], dilation: [dilation, dilation], groups: groups);
        double Places(int axis) => ((x[axis] + (flat && axis == 2 ? 0 : 2 * padding) - (dilation * (w[axis] - 1)) - 1) / stride) + 1;
        return Rows(name, "convolution of", Place(x, w), 2 * x[0] * Places(2) * Places(3) * Shape(w).Length, [(X, x), (W, w), (B, [w[0]])],
            t => Ours(t[0], t[1], t[2]), t => Theirs(t[0], t[1], t[2]), first);
    }

    static Workload[] Transpose(string name, long[] x, long[] w, int stride, int padding)
    {
        float[] X() => Values.Uniform(1, Shape(x).Length);
        float[] W() => Values.Uniform(2, Shape(w).Length);
        return Rows(name, "transposed convolution of", Place(x, w), 2.0 * Shape(x).Length * w[1] * w[2] * w[3], [(X, x), (W, w)],
            t => t[0].ConvTranspose2d(t[1], null, stride, padding), t => F.conv_transpose2d(t[0], t[1], strides: [stride, stride], padding: [padding, padding]));
    }

    static Workload[] Map(string name, long[] x, Func<Tensor, Tensor> ours, Func<torch.Tensor, torch.Tensor> theirs)
    {
        float[] X() => Values.Uniform(1, Shape(x).Length);
        return Rows(name, name, Text(x), 0, [(X, x)], t => ours(t[0]), t => theirs(t[0]));
    }

    static Workload[] BatchNorm(long[] x)
    {
        float[] X() => Values.Uniform(1, Shape(x).Length);
        float[] Weight() => Values.Uniform(2, x[1]);
        float[] Bias() => Values.Uniform(3, x[1]);
        var layer = new Layers.BatchNorm((int)x[1]);
        Tensor[] Ours()
        {
            layer.Weight.Set(Tensor.From(Weight(), layer.Weight.Shape));
            layer.Bias.Set(Tensor.From(Bias(), layer.Bias.Shape));
            return [Tensor.From(X(), Shape(x)), layer.Weight, layer.Bias];
        }
        return Rows($"batchnorm-{Text(x)}", "batch normalisation in training, running statistics included", "", 0, [(X, x), (Weight, [x[1]]), (Bias, [x[1]])],
            t => Trained(layer, t[0]), t => F.batch_norm(t[0], t[3], t[4], t[1], t[2], training: true),
            fresh: Ours, kept: [(() => new float[x[1]], [x[1]]), (() => new float[x[1]], [x[1]])]);
    }

    static Tensor Trained(Layers.BatchNorm layer, Tensor x)
    {
        using var training = Mode.Train();
        return layer.Forward(x);
    }

    static Workload[] Residual(long[] x)
    {
        float[] X() => Values.Uniform(1, Shape(x).Length);
        float[] Z() => Values.Uniform(2, Shape(x).Length);
        return Rows("residual-relu", "relu(x + z)", Text(x), 0, [(X, x), (Z, x)], t => (t[0] + t[1]).Relu(), t => F.relu(t[0] + t[1]));
    }

    static string Text(long[] x) => string.Join('x', x);

    static string Place(long[] x, long[] w) => $"{Text(x)} with {Text(w)}";

    static Shape Shape(long[] dims) => Nabla.Shape.Create([.. dims.Select(dim => (int)dim)]);

    static Workload[] Rows(string name, string work, string size, double flops, (Func<float[]> Values, long[] Dims)[] inputs,
        Func<Tensor[], Tensor> ours, Func<torch.Tensor[], torch.Tensor> theirs, bool first = false, Func<Tensor[]>? fresh = null,
        (Func<float[]> Values, long[] Dims)[]? kept = null)
    {
        var from = first ? 1 : 0;
        fresh ??= () => [.. inputs.Select(input => Tensor.From(input.Values(), Shape(input.Dims)))];
        torch.Tensor[] Theirs() =>
        [
            .. inputs.Select((input, i) => i < from ? TorchSide.From(input.Values(), input.Dims) : TorchSide.Wanted(input.Values(), input.Dims)),
            .. (kept ?? []).Select(value => TorchSide.From(value.Values(), value.Dims)),
        ];
        return
        [
            new(name, $"{work} {size}", Faster, () => Forward(fresh(), ours), () => Forward(Theirs(), theirs)) { Flops = flops },
            new($"{name}-grad", $"{work} {size}, forward and backward", Faster, () => Gradient(fresh(), ours, from), () => Gradient(Theirs(), theirs, from..inputs.Length))
            { Flops = flops * (first ? 2 : 3) },
        ];
    }

    static Side Forward(Tensor[] inputs, Func<Tensor[], Tensor> work) => NablaSide.Forward(() => work(inputs));

    static Side Forward(torch.Tensor[] inputs, Func<torch.Tensor[], torch.Tensor> work) => TorchSide.Forward(() => work(inputs));

    static Side Gradient(Tensor[] inputs, Func<Tensor[], Tensor> work, int from)
    {
        var y = work(inputs).Shape;
        return NablaSide.Gradient(() => work(inputs), Tensor.From(Values.Uniform(9, y.Length), y), inputs[from..]);
    }

    static Side Gradient(torch.Tensor[] inputs, Func<torch.Tensor[], torch.Tensor> work, Range wanted)
    {
        var y = work(inputs).shape;
        return TorchSide.Gradient(() => work(inputs), TorchSide.From(Values.Uniform(9, Shape(y).Length), y), inputs[wanted]);
    }
}
