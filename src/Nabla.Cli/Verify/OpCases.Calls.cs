using System.Text.Json;

namespace Nabla.Cli.Verify;

internal static partial class OpCases
{
    private static readonly Dictionary<string, Func<Inputs, Tensor>> Calls = new(StringComparer.Ordinal)
    {
        ["relu"] = i => i.Get("x").Relu(),
        ["tanh"] = i => i.Get("x").Tanh(),
        ["sigmoid"] = i => i.Get("x").Sigmoid(),
        ["silu"] = i => i.Get("x").Silu(),
        ["softplus"] = i => i.Get("x").Softplus(),
        ["elu"] = i => i.Get("x").Elu(i.Case.Number("alpha", 1)),
        ["leaky_relu"] = i => i.Get("x").LeakyRelu(i.Case.Number("negative_slope", 0.01)),
        ["gelu"] = i => i.Case.Text("approximate", "none") == "tanh" ? i.Get("x").GeluTanh() : i.Get("x").Gelu(),
        ["exp"] = i => i.Get("x").Exp(),
        ["log"] = i => i.Get("x").Log(),
        ["sqrt"] = i => i.Get("x").Sqrt(),
        ["abs"] = i => i.Get("x").Abs(),
        ["square"] = i => i.Get("x").Square(),
        ["sin"] = i => i.Get("x").Sin(),
        ["cos"] = i => i.Get("x").Cos(),
        ["reciprocal"] = i => i.Get("x").Reciprocal(),
        ["erf"] = i => i.Get("x").Erf(),
        ["pow"] = i => i.Optional("exponent") is { } exponent ? Tensor.Pow(i.Get("x"), exponent) : i.Get("x").Pow(i.Case.Number("exponent", 2)),
        ["clip"] = i => i.Get("x").Clip(i.Case.Number("min", double.NegativeInfinity), i.Case.Number("max", double.PositiveInfinity)),

        ["add"] = i => i.Get("a") + i.Get("b"),
        ["subtract"] = i => i.Get("a") - i.Get("b"),
        ["multiply"] = i => i.Get("a") * i.Get("b"),
        ["divide"] = i => i.Get("a") / i.Get("b"),
        ["maximum"] = i => Tensor.Maximum(i.Get("a"), i.Get("b")),
        ["minimum"] = i => Tensor.Minimum(i.Get("a"), i.Get("b")),
        ["matmul"] = i => i.Get("a").MatMul(i.Get("b")),

        ["sum"] = i => i.Get("x").Sum(Axes(i), KeepDims(i)),
        ["mean"] = i => i.Get("x").Mean(Axes(i), KeepDims(i)),
        ["amax"] = i => i.Get("x").Max(Axes(i), KeepDims(i)),
        ["amin"] = i => i.Get("x").Min(Axes(i), KeepDims(i)),
        ["var"] = i => i.Get("x").Var(Axes(i), i.Case.Number("correction", 1), KeepDims(i)),
        ["cumsum"] = i => i.Get("x").CumSum(Axis(i)),
        ["logsumexp"] = i => i.Get("x").LogSumExp(Axis(i), KeepDims(i)),
        ["softmax"] = i => i.Get("x").Softmax(Axis(i)),
        ["log_softmax"] = i => i.Get("x").LogSoftmax(Axis(i)),

        ["permute"] = i => i.Get("x").Permute(i.Case.Wholes("axes", 0, 0)),
        ["reshape"] = i => i.Get("x").Reshape(i.Case.Wholes("shape", -1, 1)),
        ["concat"] = i => Tensor.Concat(i.Case.Whole("axis", 0), Parts(i)),
        ["stack"] = i => Tensor.Stack(i.Case.Whole("axis", 0), Parts(i)),
        ["slice"] = Slice,
        ["index_select"] = i => i.Get("x").IndexSelect(i.Case.Whole("axis", 0), i.Get("index")),
        ["gather"] = i => i.Get("x").Gather(i.Case.Whole("axis", 0), i.Get("index")),
        ["where"] = i => Tensor.Where(i.Case.Mask("condition"), i.Get("a"), i.Get("b")),
        ["masked_fill"] = i => i.Get("x").MaskedFill(i.Case.Mask("mask"), i.Case.Number("value", 0)),
        ["pad"] = i => i.Get("x").Pad(i.Case.Wholes("left", 0, i.Get("x").Rank), i.Case.Wholes("right", 0, i.Get("x").Rank), i.Case.Number("value", 0)),
        ["embedding"] = Embedding,

        ["layer_norm"] = i => i.Get("x").LayerNorm(i.Optional("weight"), i.Optional("bias"), Epsilon(i)),
        ["group_norm"] = i => i.Get("x").GroupNorm(i.Case.Whole("groups", 1), i.Optional("weight"), i.Optional("bias"), Epsilon(i)),
        ["batch_norm"] = i => i.Case.Flag("training")
            ? i.Get("x").BatchNorm(i.Optional("weight"), i.Optional("bias"), Epsilon(i))
            : i.Get("x").BatchNormInference(i.Get("running_mean"), i.Get("running_var"), i.Optional("weight"), i.Optional("bias"), Epsilon(i)),
        ["conv1d"] = i => Batched(i.Get("x"), 3, x => Same(i, x, 1).Conv1d(
            i.Get("weight"), i.Optional("bias"), One(i, "stride", 1), One(i, "padding", 0), One(i, "dilation", 1), i.Case.Whole("groups", 1))),
        ["conv2d"] = i => Batched(i.Get("x"), 4, x => Same(i, x, 2).Conv2d(
            i.Get("weight"), i.Optional("bias"), Size(i, "stride", 1), Size(i, "padding", 0), Size(i, "dilation", 1), i.Case.Whole("groups", 1))),
        ["conv_transpose2d"] = i => Batched(i.Get("x"), 4, x => x.ConvTranspose2d(
            i.Get("weight"), i.Optional("bias"), Size(i, "stride", 1), Size(i, "padding", 0), Size(i, "output_padding", 0), Size(i, "dilation", 1), i.Case.Whole("groups", 1))),
        ["max_pool2d"] = i => Plainly(i).MaxPool2d(Size(i, "kernel", 1), Stride(i), Size(i, "padding", 0)),
        ["avg_pool2d"] = i => Plainly(i).AvgPool2d(Size(i, "kernel", 1), Stride(i), Size(i, "padding", 0), i.Case.Flag("count_include_pad", true)),
        ["adaptive_avg_pool2d"] = i => i.Get("x").AdaptiveAvgPool2d(Size(i, "output", 1)),
        ["scaled_dot_product_attention"] = Attention,
    };

    private static double Epsilon(Inputs i) => i.Case.Number("epsilon", 1e-5);

    private static Tensor[] Parts(Inputs i) => [.. i.Case.Inputs.Select(i.Get)];

    private static Size2? Stride(Inputs i) => i.Case.Attribute("stride") is null ? null : Size(i, "stride", 1);

    private static Size2 Size(Inputs i, string key, int otherwise)
    {
        if (i.Case.Attribute(key) is { ValueKind: JsonValueKind.String }) return otherwise;
        var sizes = i.Case.Wholes(key, otherwise, 2);
        return sizes.Length == 2 ? (sizes[0], sizes[1]) : throw new VerifyException($"attribute \"{key}\" is neither a number nor a pair");
    }

    /// <summary>A whole number, or a list of that one.</summary>
    private static int One(Inputs i, string key, int otherwise) => i.Case.Attribute(key) is { ValueKind: JsonValueKind.String } ? otherwise
        : i.Case.Wholes(key, otherwise, 1) is [var one] ? one : throw new VerifyException($"attribute \"{key}\" is not one number");

    /// <summary>The axes to reduce; as in PyTorch, all of them where none is named.</summary>
    private static int[] Axes(Inputs i) => i.Case.Attribute("axis") is null ? [.. Enumerable.Range(0, i.Get("x").Rank)] : i.Case.Wholes("axis", -1, 1);

    private static Tensor Embedding(Inputs i)
    {
        var (rows, padding) = (i.Get("weight").Shape[0], i.Case.Attribute("padding_index")?.GetInt32());
        return i.Get("indices").Embedding(i.Get("weight"), padding < 0 ? padding + rows : padding);
    }

    /// <summary>A case may leave the batch axis out.</summary>
    private static Tensor Batched(Tensor x, int rank, Func<Tensor, Tensor> call) => x.Rank == rank - 1 ? call(x.Unsqueeze(0)).Squeeze(0) : call(x);

    /// <summary>Padding "same" keeps the lengths; of an odd number of zeros the end gets one more.</summary>
    private static Tensor Same(Inputs i, Tensor x, int axes)
    {
        if (i.Case.Attribute("padding") is not { ValueKind: JsonValueKind.String } padding || padding.GetString() == "valid") return x;
        if (padding.GetString() != "same") throw new VerifyException($"there is no padding \"{padding.GetString()}\": same and valid are");
        var (kernel, dilation) = (i.Get("weight").Shape[^axes..], i.Case.Wholes("dilation", 1, axes));
        int[] zeros = [.. kernel.Select((length, axis) => dilation[axis] * (length - 1))];
        return x.Pad([.. zeros.Select(count => count / 2)], [.. zeros.Select(count => count - count / 2)]);
    }

    /// <summary>The input of a pooling, unless the case asks for a kind of pooling that Nabla does not have.</summary>
    private static Tensor Plainly(Inputs i) => i.Case.Flag("ceil_mode") ? throw new NotBuiltException($"{i.Case.Op} with ceil_mode")
        : i.Case.Wholes("dilation", 1, 1).Any(step => step != 1) ? throw new NotBuiltException($"{i.Case.Op} with dilation")
        : i.Case.Attribute("divisor_override") is not null ? throw new NotBuiltException($"{i.Case.Op} with divisor_override") : i.Get("x");

    private static Tensor Attention(Inputs i)
    {
        var (query, key, mask) = (i.Get("query"), i.Get("key"), i.Optional("mask"));
        mask = mask?.To(DType.Bool);
        // PyTorch counts a causal mask from the first source, whatever their number.
        if (i.Case.Flag("causal") || i.Case.Flag("is_causal")) mask = Tensor.Arange(key.Shape[^2], DType.Int64) <= Tensor.Arange(query.Shape[^2], DType.Int64).Unsqueeze(1);
        return query.Attention(key, i.Get("value"), mask, scale: i.Case.Attribute("scale") is null ? null : i.Case.Number("scale", 1));
    }

    private static int Axis(Inputs i) => i.Case.Whole("axis", -1);

    private static bool KeepDims(Inputs i) => i.Case.Flag("keep_dims");

    private static Tensor Slice(Inputs i)
    {
        var (x, axis) = (i.Get("x"), i.Case.Whole("axis", 0));
        return x.Slice(axis, i.Case.Whole("start", 0), i.Case.Whole("stop", x.Shape[axis]), i.Case.Whole("step", 1));
    }
}
