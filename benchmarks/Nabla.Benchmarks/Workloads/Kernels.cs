using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Nabla.Benchmarks.Workloads;

/// <summary>The kernels between the products, at the sizes of a BERT; each forward, and forward with its backward pass (-grad).</summary>
internal static class Kernels
{
    const float Epsilon = 1e-12f;
    static readonly Goal Faster = new(1.5), ConvFaster = new(1.3);

    public static IEnumerable<Workload> All =>
    [
        .. Softmax(512, 768), .. Softmax(12288, 128),
        .. LayerNorm(512, 768), .. LayerNorm(1024, 768),
        .. Gelu(512, 768), .. Gelu(1024, 3072),
        .. Embedding(1024, 30522, 768),
        .. CrossEntropy(1024, 8000),
        .. Attention(8, 12, 128, 64), .. Attention(1, 12, 512, 64),
        .. Conv3x3(32, 64, 32), .. Conv3x3(32, 128, 16), .. Conv3x3(32, 256, 8), .. Conv3x3(32, 512, 4),
    ];

    static Workload[] Softmax(int rows, int columns)
    {
        return Pair("softmax", $"softmax over rows, [{rows}, {columns}]", rows, columns, x => x.Softmax(), x => F.softmax(x, 1),
            "Softmax", ("axis", -1));
    }

    static Workload[] Gelu(int rows, int columns)
    {
        return Pair("gelu", $"x · Φ(x) by erf, [{rows}, {columns}]", rows, columns, x => x.Gelu(), x => F.gelu(x),
            "Gelu");
    }

    static Workload[] LayerNorm(int rows, int columns)
    {
        float[] X() => Values.Uniform(1, rows * columns, 4);
        float[] Upstream() => Values.Uniform(2, rows * columns);
        float[] Weight() => Values.Uniform(3, columns);
        float[] Bias() => Values.Uniform(4, columns);
        Shape shape = [rows, columns];
        (Tensor X, Tensor Weight, Tensor Bias) Ours() => (Tensor.From(X(), shape), Tensor.From(Weight(), [columns]), Tensor.From(Bias(), [columns]));
        (torch.Tensor X, torch.Tensor Weight, torch.Tensor Bias) Theirs() => (TorchSide.Wanted(X(), rows, columns), TorchSide.Wanted(Weight(), columns), TorchSide.Wanted(Bias(), columns));
        return Pair("layernorm", $"layer normalisation of rows, [{rows}, {columns}]", $"{rows}x{columns}",
            () =>
            {
                var (input, scale, shift) = Ours();
                return NablaSide.Forward(() => input.LayerNorm(scale, shift, Epsilon));
            },
            () =>
            {
                var (input, scale, shift) = Theirs();
                return TorchSide.Forward(() => F.layer_norm(input, [columns], scale, shift, Epsilon));
            },
            () =>
            {
                var (input, scale, shift) = Ours();
                return NablaSide.Gradient(() => input.LayerNorm(scale, shift, Epsilon), Tensor.From(Upstream(), shape), input, scale, shift);
            },
            () =>
            {
                var (input, scale, shift) = Theirs();
                return TorchSide.Gradient(() => F.layer_norm(input, [columns], scale, shift, Epsilon), TorchSide.From(Upstream(), rows, columns), input, scale, shift);
            },
            () => OnnxSide.Forward("LayerNormalization", [("axis", -1), ("epsilon", Epsilon)], [("x", [rows, columns], X())],
                [("weight", [columns], Weight()), ("bias", [columns], Bias())], [rows, columns]));
    }

    static Workload[] Embedding(int tokens, int vocabulary, int width)
    {
        long[] Ids() => Values.Indices(1, tokens, vocabulary);
        float[] Table() => Values.Uniform(2, (long)vocabulary * width);
        float[] Upstream() => Values.Uniform(3, tokens * width);
        (nn.Module<torch.Tensor, torch.Tensor> Layer, torch.Tensor Ids, torch.Tensor Table) Theirs()
        {
            var layer = nn.Embedding_from_pretrained(TorchSide.From(Table(), vocabulary, width), freeze: false);
            return (layer, tensor(Ids()), layer.weight!);
        }
        return Pair("embedding", $"{tokens} rows of a table [{vocabulary}, {width}]; backward to a dense gradient", $"{tokens}x{width}",
            () =>
            {
                var (index, table) = (Tensor.From(Ids(), [tokens]), Tensor.From(Table(), [vocabulary, width]));
                return NablaSide.Forward(() => index.Embedding(table));
            },
            () =>
            {
                var (layer, index, _) = Theirs();
                return TorchSide.Forward(() => layer.call(index));
            },
            () =>
            {
                var (index, table) = (Tensor.From(Ids(), [tokens]), Tensor.From(Table(), [vocabulary, width]));
                return NablaSide.Gradient(() => index.Embedding(table), Tensor.From(Upstream(), [tokens, width]), table);
            },
            () =>
            {
                var (layer, index, table) = Theirs();
                return TorchSide.Gradient(() => layer.call(index), TorchSide.From(Upstream(), tokens, width), table);
            });
    }

    static Workload[] CrossEntropy(int rows, int classes)
    {
        float[] Logits() => Values.Uniform(1, rows * classes, 4);
        long[] Labels() => Values.Indices(2, rows, classes);
        return Pair("cross-entropy", $"mean cross entropy of logits [{rows}, {classes}]", $"{rows}x{classes}",
            () =>
            {
                var (x, label) = (Tensor.From(Logits(), [rows, classes]), Tensor.From(Labels(), [rows]));
                return NablaSide.Forward(() => x.CrossEntropy(label));
            },
            () =>
            {
                var (x, label) = (TorchSide.Wanted(Logits(), rows, classes), tensor(Labels()));
                return TorchSide.Forward(() => F.cross_entropy(x, label));
            },
            () =>
            {
                var (x, label) = (Tensor.From(Logits(), [rows, classes]), Tensor.From(Labels(), [rows]));
                return NablaSide.Gradient(() => x.CrossEntropy(label), Tensor.Scalar(1), x);
            },
            () =>
            {
                var (x, label) = (TorchSide.Wanted(Logits(), rows, classes), tensor(Labels()));
                return TorchSide.Gradient(() => F.cross_entropy(x, label), null, x);
            });
    }

    static Workload[] Attention(int batch, int heads, int tokens, int width)
    {
        Shape shape = [batch, heads, tokens, width];
        float[] Of(int seed) => Values.Uniform(seed, shape.Length);
        Tensor[] Ours() => [.. Enumerable.Range(1, 3).Select(seed => Tensor.From(Of(seed), shape))];
        torch.Tensor[] Theirs() => [.. Enumerable.Range(1, 3).Select(seed => TorchSide.Wanted(Of(seed), batch, heads, tokens, width))];
        static Tensor Attend(Tensor[] of) => of[0].Attention(of[1], of[2]);
        static torch.Tensor AttendToo(torch.Tensor[] of) => F.scaled_dot_product_attention(of[0], of[1], of[2]);
        return Pair("attention", $"softmax(q · kᵀ / √d) · v, [{batch}, {heads}, {tokens}, {width}]", $"{batch}x{tokens}",
            () =>
            {
                var qkv = Ours();
                return NablaSide.Forward(() => Attend(qkv));
            },
            () =>
            {
                var qkv = Theirs();
                return TorchSide.Forward(() => AttendToo(qkv));
            },
            () =>
            {
                var qkv = Ours();
                return NablaSide.Gradient(() => Attend(qkv), Tensor.From(Of(4), shape), qkv);
            },
            () =>
            {
                var qkv = Theirs();
                return TorchSide.Gradient(() => AttendToo(qkv), TorchSide.From(Of(4), batch, heads, tokens, width), qkv);
            });
    }

    static Workload[] Conv3x3(int batch, int channels, int side)
    {
        Shape images = [batch, channels, side, side], filters = [channels, channels, 3, 3];
        float[] X() => Values.Uniform(1, images.Length);
        float[] W() => Values.Uniform(2, filters.Length);
        float[] Upstream() => Values.Uniform(3, images.Length);
        var flops = 2.0 * images.Length * channels * 9;
        var rows = Pair("conv3x3", $"3 × 3 convolution, {batch} images of {side} × {side}, {channels} → {channels} channels", $"{batch}x{channels}x{side}",
            () =>
            {
                var (x, w) = (Tensor.From(X(), images), NablaSide.Trained(W(), filters));
                return NablaSide.Forward(() => x.Conv2d(w, padding: 1));
            },
            () =>
            {
                var (x, w) = (TorchSide.From(X(), batch, channels, side, side), TorchSide.From(W(), channels, channels, 3, 3));
                return TorchSide.Forward(() => F.conv2d(x, w, padding: [1, 1]));
            },
            () =>
            {
                var (x, w) = (Tensor.From(X(), images), Tensor.From(W(), filters));
                return NablaSide.Gradient(() => x.Conv2d(w, padding: 1), Tensor.From(Upstream(), images), x, w);
            },
            () =>
            {
                var (x, w) = (TorchSide.Wanted(X(), batch, channels, side, side), TorchSide.Wanted(W(), channels, channels, 3, 3));
                return TorchSide.Gradient(() => F.conv2d(x, w, padding: [1, 1]), TorchSide.From(Upstream(), batch, channels, side, side), x, w);
            }, goal: ConvFaster);
        return [rows[0] with { Flops = flops, Tolerance = 1e-4 }, rows[1] with { Flops = 3 * flops, Tolerance = 1e-4 }];
    }

    /// <summary>A function of one matrix.</summary>
    static Workload[] Pair(
        string name, string work, int rows, int columns, Func<Tensor, Tensor> ours, Func<torch.Tensor, torch.Tensor> theirs, string onnx, params (string, object)[] attributes)
    {
        float[] X() => Values.Uniform(1, rows * columns, 4);
        float[] Upstream() => Values.Uniform(2, rows * columns);
        return Pair(
        name, work, $"{rows}x{columns}",
        () =>
        {
            var input = Tensor.From(X(), [rows, columns]);
            return NablaSide.Forward(() => ours(input));
        },
        () =>
        {
            var input = TorchSide.From(X(), rows, columns);
            return TorchSide.Forward(() => theirs(input));
        },
        () =>
        {
            var input = Tensor.From(X(), [rows, columns]);
            return NablaSide.Gradient(() => ours(input), Tensor.From(Upstream(), [rows, columns]), input);
        },
        () =>
        {
            var input = TorchSide.Wanted(X(), rows, columns);
            return TorchSide.Gradient(() => theirs(input), TorchSide.From(Upstream(), rows, columns), input);
        },
        () => OnnxSide.Forward(onnx, attributes, [("x", [rows, columns], X())], [], [rows, columns]));
    }

    static Workload[] Pair(
        string name, string work, string size, Func<Side> ours, Func<Side> theirs, Func<Side> ourGradient, Func<Side> theirGradient, Func<Side>? onnx = null,
        Goal? goal = null) =>
    [
        new($"{name}-{size}", work, goal ?? Faster, ours, theirs, onnx) { Tolerance = 1e-5 },
        new($"{name}-grad-{size}", $"{work}, forward and backward", goal ?? Faster, ourGradient, theirGradient) { Tolerance = 1e-5 },
    ];
}
