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
        ["pow"] = i => i.Get("x").Pow(i.Case.Number("exponent", 2)),
        ["clip"] = i => i.Get("x").Clip(i.Case.Number("min", double.NegativeInfinity), i.Case.Number("max", double.PositiveInfinity)),

        ["add"] = i => i.Get("a") + i.Get("b"),
        ["subtract"] = i => i.Get("a") - i.Get("b"),
        ["multiply"] = i => i.Get("a") * i.Get("b"),
        ["divide"] = i => i.Get("a") / i.Get("b"),
        ["maximum"] = i => Tensor.Maximum(i.Get("a"), i.Get("b")),
        ["minimum"] = i => Tensor.Minimum(i.Get("a"), i.Get("b")),
        ["matmul"] = i => i.Get("a").MatMul(i.Get("b")),

        ["sum"] = i => i.Get("x").Sum(Axis(i), KeepDims(i)),
        ["mean"] = i => i.Get("x").Mean(Axis(i), KeepDims(i)),
        ["amax"] = i => i.Get("x").Max(Axis(i), KeepDims(i)),
        ["amin"] = i => i.Get("x").Min(Axis(i), KeepDims(i)),
        ["logsumexp"] = i => i.Get("x").LogSumExp(Axis(i), KeepDims(i)),
        ["softmax"] = i => i.Get("x").Softmax(Axis(i)),
        ["log_softmax"] = i => i.Get("x").LogSoftmax(Axis(i)),

        ["permute"] = i => i.Get("x").Permute(i.Case.Wholes("axes", 0, 0)),
        ["reshape"] = i => i.Get("x").Reshape(i.Case.Wholes("shape", -1, 1)),
        ["slice"] = Slice,
        ["index_select"] = i => i.Get("x").IndexSelect(i.Case.Whole("axis", 0), i.Get("index")),
        ["gather"] = i => i.Get("x").Gather(i.Case.Whole("axis", 0), i.Get("index")),
        ["where"] = i => Tensor.Where(i.Case.Mask("condition"), i.Get("a"), i.Get("b")),
        ["masked_fill"] = i => i.Get("x").MaskedFill(i.Case.Mask("mask"), i.Case.Number("value", 0)),
        ["embedding"] = i => i.Get("indices").Embedding(i.Get("weight"), i.Case.Attribute("padding_index")?.GetInt32()),
    };

    private static int Axis(Inputs i) => i.Case.Whole("axis", -1);

    private static bool KeepDims(Inputs i) => i.Case.Flag("keep_dims");

    private static Tensor Slice(Inputs i)
    {
        var (x, axis) = (i.Get("x"), i.Case.Whole("axis", 0));
        return x.Slice(axis, i.Case.Whole("start", 0), i.Case.Whole("stop", x.Shape[axis]), i.Case.Whole("step", 1));
    }
}
