namespace Nabla.Tests.Ops;

/// <summary>Every case of tests/reference/ops.json: the result, and the gradients that leave when an upstream gradient arrives.</summary>
public class OpReferenceTests
{
    public static TheoryData<string> Names => [.. Reference.Cases("ops").Select(c => c.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Agrees_with_the_reference_forward_and_backward(string name)
    {
        var @case = Reference.Case("ops", name);
        var inputs = @case.Inputs.ToDictionary(input => input, input => @case[input]);
        string[] sources = [.. @case.Inputs.Where(input => @case.Has($"grad.{input}"))];
        var (result, gradients) = Gradients.Pullback(() => Run(@case, inputs), @case["upstream.out"], [.. sources.Select(source => inputs[source])]);
        Reference.AssertClose(@case["out"], result, "out");
        Assert.NotEmpty(sources);
        foreach (var source in sources) Reference.AssertClose(@case[$"grad.{source}"], gradients[inputs[source]], $"grad.{source}");
    }

    static Tensor Run(ReferenceCase c, Dictionary<string, Tensor> inputs)
    {
        Tensor At(string input) => inputs[input];
        Tensor? Maybe(string input) => inputs.GetValueOrDefault(input);
        Tensor Mask(string input) => At(input).To(DType.Bool);
        int Whole(string attribute, int otherwise = 0) => (int)c.Number(attribute, otherwise);
        var (axis, keep, stride, padding) = (Whole("axis"), c.Flag("keep_dims"), Whole("stride", 1), Whole("padding"));
        return c.Op switch
        {
            "relu" => At("x").Relu(), "tanh" => At("x").Tanh(), "sigmoid" => At("x").Sigmoid(), "silu" => At("x").Silu(), "softplus" => At("x").Softplus(),
            "elu" => At("x").Elu(), "leaky_relu" => At("x").LeakyRelu(), "exp" => At("x").Exp(), "log" => At("x").Log(), "sqrt" => At("x").Sqrt(), "abs" => At("x").Abs(),
            "square" => At("x").Square(), "sin" => At("x").Sin(), "cos" => At("x").Cos(), "reciprocal" => At("x").Reciprocal(), "erf" => At("x").Erf(),
            "gelu" => c.Attributes.GetProperty("approximate").GetString() == "tanh" ? At("x").GeluTanh() : At("x").Gelu(),
            "pow" => At("x").Pow(c.Number("exponent")), "clip" => At("x").Clip(c.Number("min"), c.Number("max")),
            "add" => At("a") + At("b"), "subtract" => At("a") - At("b"), "multiply" => At("a") * At("b"), "divide" => At("a") / At("b"),
            "maximum" => Tensor.Maximum(At("a"), At("b")), "minimum" => Tensor.Minimum(At("a"), At("b")), "matmul" => At("a").MatMul(At("b")),
            "softmax" => At("x").Softmax(axis), "log_softmax" => At("x").LogSoftmax(axis), "sum" => At("x").Sum(axis, keep), "mean" => At("x").Mean(axis, keep),
            "amax" => At("x").Max(axis, keep), "amin" => At("x").Min(axis, keep), "logsumexp" => At("x").LogSumExp(axis, keep),
            "var" => At("x").Var(axis, c.Number("correction")), "cumsum" => At("x").CumSum(axis),
            "permute" => At("x").Permute(List(c, "axes")), "reshape" => At("x").Reshape(List(c, "shape")),
            "concat" => Tensor.Concat(axis, At("a"), At("b")), "stack" => Tensor.Stack(axis, At("a"), At("b")),
            "slice" => At("x").Slice(axis, Whole("start"), Whole("stop"), Whole("step", 1)), "pad" => At("x").Pad(List(c, "left"), List(c, "right")),
            "index_select" => At("x").IndexSelect(axis, At("index")), "gather" => At("x").Gather(axis, At("index")),
            "where" => Tensor.Where(Mask("condition"), At("a"), At("b")), "masked_fill" => At("x").MaskedFill(Mask("mask"), c.Number("value")),
            "embedding" => At("indices").Embedding(At("weight"), Whole("padding_index")),
            "layer_norm" => At("x").LayerNorm(At("weight"), At("bias"), c.Number("epsilon")),
            "group_norm" => At("x").GroupNorm(Whole("groups"), At("weight"), At("bias"), c.Number("epsilon")),
            "batch_norm" => c.Flag("training") ? At("x").BatchNorm(At("weight"), At("bias"), c.Number("epsilon"))
                : At("x").BatchNormInference(At("running_mean"), At("running_var"), At("weight"), At("bias"), c.Number("epsilon")),
            "conv1d" => At("x").Conv1d(At("weight"), At("bias"), stride, padding),
            "conv2d" => At("x").Conv2d(At("weight"), At("bias"), stride, padding, Whole("dilation", 1), Whole("groups", 1)),
            "conv_transpose2d" => At("x").ConvTranspose2d(At("weight"), At("bias"), stride, padding, Whole("output_padding")),
            "max_pool2d" => At("x").MaxPool2d(Whole("kernel"), stride, padding), "avg_pool2d" => At("x").AvgPool2d(Whole("kernel"), stride, padding, c.Flag("count_include_pad")),
            "adaptive_avg_pool2d" => At("x").AdaptiveAvgPool2d((List(c, "output")[0], List(c, "output")[1])),
            "scaled_dot_product_attention" => At("query").Attention(At("key"), At("value"), inputs.ContainsKey("mask") ? Mask("mask") : null),
            "cross_entropy" => At("logits").CrossEntropy(At("target"), new()
            {
                Reduction = Reduced(c), ClassWeights = Maybe("weight"), LabelSmoothing = c.Number("label_smoothing"),
                IgnoredLabel = c.Attributes.TryGetProperty("ignore_index", out var ignored) ? ignored.GetInt64() : null,
            }),
            "mse" => At("prediction").MeanSquaredError(At("target"), Reduced(c)), "l1" => At("prediction").MeanAbsoluteError(At("target"), Reduced(c)),
            "huber" => At("prediction").HuberLoss(At("target"), c.Number("delta"), Reduced(c)),
            "binary_cross_entropy_with_logits" => At("logits").BinaryCrossEntropyWithLogits(At("target"), reduction: Reduced(c)),
            "kl_divergence" => At("log_prediction").KLDivergence(At("target"), reduction: Reduced(c)), "cosine_similarity" => At("a").CosineSimilarity(At("b"), axis),
            var other => throw new NotSupportedException(other),
        };
    }

    static int[] List(ReferenceCase c, string attribute) => [.. c.Attributes.GetProperty(attribute).EnumerateArray().Select(number => number.GetInt32())];

    static Reduction Reduced(ReferenceCase c) => Enum.Parse<Reduction>(c.Attributes.GetProperty("reduction").GetString()!, ignoreCase: true);
}
