using Nabla.Backends;
using Nabla.Ops;

namespace Nabla.Tests.Ops;

/// <summary>One differentiable function of some tensors, with inputs to try it on: what every check of ops runs over.</summary>
/// <param name="Name">What it is called in the tests.</param>
/// <param name="Of">The function, in whatever float type its inputs have.</param>
/// <param name="Inputs">Float64 tensors away from kinks.</param>
sealed record OpCase(string Name, Func<Tensor[], Tensor> Of, params Tensor[] Inputs)
{
    /// <summary>Whether the second derivative exists and is worth a check.</summary>
    public bool Smooth { get; init; } = true;

    /// <summary>Whether equal elements are a kink, so that inputs cannot be stretched.</summary>
    public bool TiesAreKinks { get; init; }

    public override string ToString() => Name;

    /// <summary>Numbers between bounds that are the same every time, but others for each seed.</summary>
    public static Tensor Numbers(Shape shape, double low = -2, double high = 2, ulong seed = 1) =>
        (Tensor.Uniform(shape, 0, 1, new Generator(seed)).To(DType.Float64) * (high - low)) + low;

    static OpCase Unary(string name, Func<Tensor, Tensor> of, double low = -2, double high = 2, bool smooth = true) =>
        new(name, x => of(x[0]), Numbers([3, 5], low, high)) { Smooth = smooth };

    static OpCase Binary(string name, Func<Tensor, Tensor, Tensor> of, Shape a, Shape b, double low = -2, double high = 2) =>
        new(name, x => of(x[0], x[1]), Numbers(a, low, high), Numbers(b, low, high, 2));

    static Tensor Truths(Shape shape, ulong seed = 7) => Tensor.Uniform(shape, generator: new Generator(seed)) > 0.4;

    static Tensor Whole(params long[] values) => Tensor.From(values);

    public static readonly OpCase[] All = [.. Elementwise(), .. Arithmetic(), .. Reductions(), .. Views(), .. Indexing(), .. Products(), .. Normalizations(),
        .. Images(), .. Attentions(), .. Recurrences(), .. Losses()];

    static OpCase[] Elementwise() =>
    [
        Unary("negate", x => -x), Unary("exp", x => x.Exp()), Unary("log", x => x.Log(), 0.2, 3), Unary("log1p", x => x.Log1p(), -0.8, 3),
        Unary("sqrt", x => x.Sqrt(), 0.2, 3),
        Unary("abs", x => x.Abs(), smooth: false),
        Unary("sign", x => x.Sign(), smooth: false),
        Unary("square", x => x.Square()),
        Unary("reciprocal", x => x.Reciprocal(), 0.3, 2), Unary("sin", x => x.Sin(), -9, 9), Unary("cos", x => x.Cos(), -9, 9), Unary("tanh", x => x.Tanh()),
        Unary("erf", x => x.Erf()), Unary("floor", x => x.Floor(), smooth: false), Unary("pow 2.5", x => x.Pow(2.5), 0.2, 2), Unary("pow 3", x => x.Pow(3)),
        Unary("pow -2", x => x.Pow(-2), 0.5, 2), Unary("clip", x => x.Clip(-0.5, 0.7), smooth: false),
        Unary("relu", x => x.Relu(), smooth: false), Unary("relu6", x => x.Relu6(), -3, 9, smooth: false), Unary("leaky_relu", x => x.LeakyRelu(0.1), smooth: false),
        Unary("elu", x => x.Elu(1.3)), Unary("selu", x => x.Selu()), Unary("sigmoid", x => x.Sigmoid(), -6, 6), Unary("log_sigmoid", x => x.LogSigmoid(), -6, 6),
        Unary("softplus", x => x.Softplus(), -6, 6), Unary("silu", x => x.Silu(), -6, 6), Unary("mish", x => x.Mish(), -6, 6), Unary("gelu", x => x.Gelu(), -4, 4),
        Unary("gelu_tanh", x => x.GeluTanh(), -4, 4),
        Unary("hard_sigmoid", x => x.HardSigmoid(), -5, 5, smooth: false),
        Unary("hard_swish", x => x.HardSwish(), -5, 5, smooth: false),
        Unary("softsign", x => x.Softsign()), Unary("copy", x => x.Clone()), Unary("cast", x => x.To(DType.Float32).To(x.DType) * 0, smooth: false),
    ];

    static OpCase[] Arithmetic() =>
    [
        Binary("add", (a, b) => a + b, [3, 1, 5], [4, 1]), Binary("subtract", (a, b) => a - b, [5], [2, 5]), Binary("multiply", (a, b) => a * b, [3, 1, 5], [4, 1]),
        Binary("divide", (a, b) => a / b, [2, 3], [3], 0.5, 2), Binary("power", Tensor.Pow, [2, 3], [3], 0.5, 2),
        Binary("maximum", Tensor.Maximum, [3, 1, 5], [4, 1]) with { Smooth = false, TiesAreKinks = true },
        Binary("minimum", Tensor.Minimum, [2, 3], [2, 3]) with { Smooth = false, TiesAreKinks = true },
        Binary("with numbers", (a, b) => (2 - (a * 3)) / (b + 4), [2, 3], []),
        Binary("a tensor with itself", (a, b) => (a * a) - (a / (b * b)), [2, 2], [2, 2], 0.5, 2),
        Binary("where", (a, b) => Tensor.Where(Truths([4, 5]), a, b), [4, 5], [1, 5]), Unary("masked_fill", x => x.MaskedFill(Truths([5]), -3)),
    ];

    static OpCase[] Reductions() =>
    [
        new("sum", x => x[0].Sum(), Numbers([3, 4])),
        new("sum of an axis", x => x[0].Sum(1), Numbers([2, 3, 4])),
        new("sum of axes, kept", x => x[0].Sum([0, 2], keepDims: true), Numbers([2, 3, 4])),
        new("mean", x => x[0].Mean(0, keepDims: true), Numbers([3, 4])), new("mean of all", x => x[0].Mean(), Numbers([3, 4])),
        new OpCase("max", x => x[0].Max(-1), Numbers([3, 4])) with { Smooth = false, TiesAreKinks = true },
        new OpCase("min of axes, kept", x => x[0].Min([0, 2], keepDims: true), Numbers([2, 3, 4])) with { Smooth = false, TiesAreKinks = true },
        new("softmax", x => x[0].Softmax(), Numbers([3, 7])),
        new("softmax of the first axis", x => x[0].Softmax(0), Numbers([3, 2, 2])),
        new("log_softmax", x => x[0].LogSoftmax(1), Numbers([2, 3, 4])),
        new("log_sum_exp", x => x[0].LogSumExp(), Numbers([3, 4])), new("log_sum_exp, kept", x => x[0].LogSumExp(0, keepDims: true), Numbers([3, 4])),
        new("var", x => x[0].Var(-1), Numbers([3, 4])), new("var of axes", x => x[0].Var([0, 2], correction: 0, keepDims: true), Numbers([2, 3, 4])),
        new("std", x => x[0].Std(0), Numbers([5, 2])) { TiesAreKinks = true }, new("cumsum", x => x[0].CumSum(1), Numbers([2, 5, 3])),
        new OpCase("sort", x => x[0].Sort(0, descending: true).Values, Numbers([4, 3])) with { TiesAreKinks = true },
        new OpCase("top_k", x => x[0].TopK(2).Values, Numbers([3, 5])) with { TiesAreKinks = true },
    ];

    static OpCase[] Views() =>
    [
        new("reshape", x => x[0].Reshape(4, -1), Numbers([2, 3, 4])),
        new("permute", x => x[0].Permute(2, 0, 1), Numbers([2, 3, 4])),
        new("expand", x => x[0].Expand([2, 3, 4]), Numbers([3, 1])),
        new("select", x => x[0][1, .., ^1], Numbers([2, 3, 4])),
        new("slice", x => x[0].Slice(1, 7, 0, -3), Numbers([2, 9])),
        new("flip", x => x[0].Flip(0), Numbers([3, 2])),
        new("slice_put", x => new SlicePut([2, 7], 1, 5, -2).Apply(x[0]), Numbers([2, 3])), new("pad", x => x[0].Pad([0, 1], [2, 3], 0.5), Numbers([3, 4])),
        new("concat", x => Tensor.Concat(1, x), Numbers([2, 3, 2]), Numbers([2, 1, 2]), Numbers([2, 2, 2])),
        new("stack", x => Tensor.Stack(1, x), Numbers([2, 3]), Numbers([2, 3])),
        new("split", x => { var parts = x[0].Split(1, 2, 3); return parts[0] * parts[1][.., 1..]; }, Numbers([2, 5])),
        new("chunk", x => { var parts = x[0].Chunk(0, 2); return parts[0] * parts[1]; }, Numbers([4, 3])),
        new("windows", x => new Windows(new([2, 3], [1, 2], [2, 1])).Apply(x[0]), Numbers([2, 5, 6])),
        new("fold", x => new Fold([2, 5, 6], new([2, 3], [1, 2], [2, 1])).Apply(x[0]), Numbers([2, 2, 3, 3, 2])),
    ];

    static OpCase[] Indexing() =>
    [
        new("gather", x => x[0].Gather(1, Whole(2, 0, 0, 6, 3, 3).Reshape(3, 2)), Numbers([3, 7])),
        new("scatter", x => new Scatter([3, 4], 1).Apply(x[0], Whole(2, 0, 0, 3, 3, 3).Reshape(3, 2)), Numbers([3, 2])),
        new("scatter_add", x => x[0].ScatterAdd(0, Whole(2, 0, 0, 1).Reshape(2, 2), x[1]), Numbers([3, 2]), Numbers([2, 2])),
        new("index_select", x => x[0].IndexSelect(1, Whole(2, 0, 0)), Numbers([2, 3, 2])),
        new("index_add", x => new IndexAdd([2, 4, 3], 1).Apply(x[0], Whole(3, 1, 1)), Numbers([2, 3, 3])),
        new("embedding", x => Whole(1, 0, 3, 3).Reshape(2, 2).Embedding(x[0]), Numbers([4, 3])),
    ];

    static OpCase[] Products() =>
    [
        Binary("matmul", (a, b) => a.MatMul(b), [5, 7], [7, 3]),
        Binary("matmul, batched and broadcast", (a, b) => a.MatMul(b), [3, 1, 4, 2], [2, 2, 5]),
        Binary("matrix and vector", (a, b) => a.MatMul(b), [4, 3], [3]),
        Binary("vector and matrix", (a, b) => a.MatMul(b), [3], [2, 3, 4]),
        Binary("two vectors", (a, b) => a.MatMul(b), [3], [3]),
        Binary("a square matrix with itself", (a, b) => a.MatMul(a.Transpose()) + b, [3, 3], []),
        Binary("linear", (x, w) => x.Linear(w), [2, 3, 4], [5, 4]),
        new("linear with bias", x => x[0].Linear(x[1], x[2]), Numbers([3, 4]), Numbers([5, 4], seed: 2), Numbers([5], seed: 3)),
        new("linear and gelu", x => x[0].LinearGelu(x[1], x[2]), Numbers([2, 3, 4]), Numbers([5, 4], seed: 2), Numbers([5], seed: 3)),
        new("linear of a vector", x => x[0].Linear(x[1], x[2]), Numbers([4]), Numbers([5, 4], seed: 2), Numbers([5], seed: 3)),
    ];

    static OpCase[] Normalizations() =>
    [
        new("normalize", x => new Normalize([0, 2], 1e-2).Apply(x[0]), Numbers([2, 3, 4])),
        new("layer_norm", x => x[0].LayerNorm(x[1], x[2], 1e-3), Numbers([2, 3, 5]), Numbers([5], seed: 2), Numbers([5], seed: 3)),
        new("add and layer_norm", x => x[0].AddLayerNorm(x[1], x[2], x[3], 1e-3), Numbers([2, 3, 5]), Numbers([2, 3, 5], seed: 4),
            Numbers([5], seed: 2), Numbers([5], seed: 3)),
        new("add and layer_norm of one tensor twice", x => x[0].AddLayerNorm(x[0], x[1], x[2], 1e-3), Numbers([3, 5]),
            Numbers([5], seed: 2), Numbers([5], seed: 3)),
        new("layer_norm of two axes", x => x[0].LayerNorm(x[1], epsilon: 1e-3), Numbers([3, 2, 2]), Numbers([2, 2], seed: 2)),
        new("layer_norm without weight", x => x[0].LayerNorm(epsilon: 1e-3), Numbers([2, 5])),
        new("group_norm", x => x[0].GroupNorm(2, x[1], x[2], 1e-3), Numbers([2, 4, 3]), Numbers([4], seed: 2), Numbers([4], seed: 3)),
        new("batch_norm", x => x[0].BatchNorm(x[1], x[2], 1e-3), Numbers([3, 2, 2, 2]), Numbers([2], seed: 2), Numbers([2], seed: 3)),
        new("batch_norm of features", x => x[0].BatchNorm(epsilon: 1e-3), Numbers([5, 2])),
        new("batch_norm_inference", x => x[0].BatchNormInference(Numbers([2], seed: 4).To(x[0].DType), Numbers([2], 0.5, 2, seed: 5).To(x[0].DType), x[1], x[2]), Numbers([3, 2, 2]), Numbers([2], seed: 2), Numbers([2], seed: 3)),
        new("batch_norm_inference by its statistics", x => x[0].BatchNormInference(x[1], x[2]), Numbers([3, 2]), Numbers([2], seed: 2), Numbers([2], 0.5, 2, 3)),
    ];

    static OpCase[] Images() =>
    [
        new("conv2d", x => x[0].Conv2d(x[1], x[2], stride: (2, 1), padding: (1, 2), dilation: (1, 2)), Numbers([2, 2, 5, 6]), Numbers([3, 2, 3, 2], seed: 2), Numbers([3], seed: 3)),
        new("conv2d in groups", x => x[0].Conv2d(x[1], groups: 2, padding: 1), Numbers([1, 4, 3, 4]), Numbers([2, 2, 2, 2], seed: 2)),
        new("conv2d, depthwise", x => x[0].Conv2d(x[1], x[2], stride: 2, groups: 3), Numbers([2, 3, 4, 4]), Numbers([3, 1, 3, 3], seed: 2), Numbers([3], seed: 3)),
        new("conv2d of one pixel", x => x[0].Conv2d(x[1]), Numbers([2, 3, 2, 2]), Numbers([2, 3, 1, 1], seed: 2)),
        new("conv1d", x => x[0].Conv1d(x[1], x[2], stride: 2, padding: 1), Numbers([2, 2, 7]), Numbers([3, 2, 3], seed: 2), Numbers([3], seed: 3)),
        new("conv_transpose2d", x => x[0].ConvTranspose2d(x[1], x[2], stride: 2, padding: 1, outputPadding: (1, 0)), Numbers([2, 2, 3, 2]), Numbers([2, 3, 3, 3], seed: 2), Numbers([3], seed: 3)),
        new("conv_transpose2d in groups", x => x[0].ConvTranspose2d(x[1], groups: 2, dilation: 2), Numbers([1, 4, 2, 2]), Numbers([4, 1, 2, 2], seed: 2)),
        new OpCase("max_pool2d", x => x[0].MaxPool2d(3, stride: 2, padding: 1), Numbers([2, 2, 5, 4])) with { TiesAreKinks = true },
        new("avg_pool2d", x => x[0].AvgPool2d((2, 3), stride: (1, 2), padding: 1), Numbers([2, 4, 5])),
        new("avg_pool2d without padding's zeros", x => x[0].AvgPool2d(3, stride: 2, padding: 1, countPadding: false), Numbers([2, 5, 4])),
        new("adaptive_avg_pool2d", x => x[0].AdaptiveAvgPool2d((3, 2)), Numbers([2, 7, 5])),
    ];

    static OpCase[] Attentions() =>
    [
        new("attention", x => x[0].Attention(x[1], x[2]), Numbers([2, 3, 4]), Numbers([2, 5, 4], seed: 2), Numbers([2, 5, 2], seed: 3)),
        new("attention, causal, keys shared by the heads", x => x[0].Attention(x[1], x[2], causal: true, scale: 0.7), Numbers([2, 3, 4]), Numbers([3, 4], seed: 2), Numbers([3, 2], seed: 3)),
        new("attention with a mask that leaves a row nothing", x => x[0].Attention(x[1], x[2], Tensor.From([true, false, true, false, false, false, true, true, true], [3, 3])), Numbers([2, 3, 4]), Numbers([2, 3, 4], seed: 2), Numbers([2, 3, 2], seed: 3)),
        new("ragged attention", x => new RaggedAttention([0, 2, 5], [0, 4, 5], 2, false, 0.6).Apply(x), Numbers([5, 4]), Numbers([5, 4], seed: 2), Numbers([5, 6], seed: 3)),
        new("ragged attention, causal", x => new RaggedAttention([0, 1, 4], [0, 1, 4], 2, true, 0.6).Apply(x), Numbers([4, 4]), Numbers([4, 4], seed: 2), Numbers([4, 2], seed: 3)),
        new("attention with a bias", x => x[0].Attention(x[1], x[2], x[3], causal: true), Numbers([2, 2, 3, 4]), Numbers([2, 2, 3, 4], seed: 2), Numbers([2, 2, 3, 2], seed: 3), Numbers([2, 3, 3], seed: 4)),
        new("attention with a bias of each source", x => x[0].Attention(x[1], x[2], x[3]), Numbers([2, 3, 4]), Numbers([2, 5, 4], seed: 2), Numbers([2, 5, 2], seed: 3), Numbers([2, 1, 5], seed: 4)),
        new OpCase("attention with dropout", x => x[0].Attention(x[1], x[2], x[3], dropout: 0.4, generator: new Generator(5)), Numbers([2, 3, 4]), Numbers([2, 5, 4], seed: 2), Numbers([2, 5, 2], seed: 3), Numbers([3, 5], seed: 4)),
        new("ragged attention with biases and dropout", x => new RaggedAttention([0, 2, 5], [0, 4, 5], 2, false, 0.6) { Dropout = new(0.3, 7, 0) { RowStep = 5 } }.Apply(x), Numbers([5, 4]), Numbers([5, 4], seed: 2), Numbers([5, 6], seed: 3), Numbers([2, 4], seed: 4), Numbers([2, 3, 1], seed: 5)),
        new("attention's weights", x => x[0].AttentionWeights(x[1], x[2], causal: true), Numbers([2, 3, 4]), Numbers([2, 3, 4], seed: 2), Numbers([3, 3], seed: 3)),
        new("step attention", x => new StepAttention([1, 0, 2, 0, 0, 1, 1, 0, 0], 2, 0.6).Apply(x), Numbers([3, 4]), Numbers([2, 4], seed: 2), Numbers([1, 4], seed: 3), Numbers([3, 4], seed: 4), Numbers([2, 4], seed: 5), Numbers([1, 4], seed: 6), Numbers([3, 4], seed: 7)),
        new("attention to itself", x => x[0].Attention(x[0], x[0]), Numbers([3, 4])),
    ];

    /// <summary>Three sequences of four, three and one steps, of two units.</summary>
    static OpCase[] Recurrences() =>
    [
        Recurrent<TanhCell>("rnn", 1, 1), Recurrent<ReluCell>("rnn, relu", 1, 1) with { Smooth = false }, Recurrent<LstmCell>("lstm", 4, 2), Recurrent<GruCell>("gru", 3, 1),
    ];

    static OpCase Recurrent<TCell>(string name, int gates, int states) where TCell : struct, IRecurrentCell => new(name, x => new Recurrence<TCell>(default, [3, 2, 2, 1]).Apply(x),
        [Numbers([8, 2 * gates], seed: 21), Numbers([2 * gates, 2], seed: 22), Numbers([2 * gates], seed: 23), .. Enumerable.Range(0, states).Select(i => Numbers([3, 2], seed: 24 + (ulong)i))]);

    static OpCase[] Losses() =>
    [
        new("cross_entropy", x => x[0].CrossEntropy(Whole(0, 3, 2)), Numbers([3, 4])),
        new("cross_entropy, smooth, ignoring", x => x[0].CrossEntropy(Whole(0, -1, 2), new() { LabelSmoothing = 0.1, IgnoredLabel = -1, Reduction = Reduction.Sum }), Numbers([3, 4])),
        new("cross_entropy by logits and weights", x => x[0].CrossEntropy(Whole(0, 1, 2), new() { LabelSmoothing = 0.2, ClassWeights = x[1] }), Numbers([3, 3]), Numbers([3], 0.5, 2, 2)),
        new("cross_entropy of each", x => x[0].CrossEntropy(Whole(0, 1, 2, 0).Reshape(2, 2), new() { Reduction = Reduction.None, ClassWeights = Numbers([3], 0.5, 2, 2).To(x[0].DType) }), Numbers([2, 2, 3])),
        Binary("squared error", (a, b) => a.MeanSquaredError(b), [2, 3], [2, 3]),
        Binary("absolute error", (a, b) => a.MeanAbsoluteError(b), [2, 3], [2, 3]) with { Smooth = false, TiesAreKinks = true },
        Binary("huber", (a, b) => a.HuberLoss(b, 0.7), [2, 3], [2, 3]) with { Smooth = false },
        Binary("hinge", (a, b) => a.HingeLoss(b, Reduction.None), [2, 3], [2, 3]) with { Smooth = false },
        Binary("smooth L1", (a, b) => a.SmoothL1Loss(b, 0.3), [2, 3], [2, 3]) with { Smooth = false },
        Binary("cosine similarity", (a, b) => a.CosineSimilarity(b), [2, 3], [2, 3]),
        Binary("cosine embedding", (a, b) => a.CosineEmbeddingLoss(b, Whole(1, -1, 1).To(a.DType), 0.1), [3, 4], [3, 4]) with { Smooth = false },
        Binary("divergence", (a, b) => a.KLDivergence(b), [2, 3], [2, 3], 0.1, 0.9),
        Binary("divergence of logarithms", (a, b) => a.KLDivergence(b, logTarget: true), [2, 3], [2, 3]),
        new("negative log likelihood", x => x[0].NegativeLogLikelihood(Whole(0, -1, 2), new() { IgnoredLabel = -1, ClassWeights = x[1] }), Numbers([3, 4]), Numbers([4], 0.5, 2, 2)),
        new("binary cross entropy with a weight", x => x[0].BinaryCrossEntropyWithLogits(x[1], x[2]), Numbers([2, 3]), Numbers([2, 3], seed: 2), Numbers([3], 0.5, 2, 3)),
        Unary("dropout", x => x.Dropout(0.4, new Generator(1)), smooth: false),
        Binary("binary cross entropy", (a, b) => a.BinaryCrossEntropy(b), [2, 3], [2, 3], 0.1, 0.9),
        Binary("binary cross entropy with logits", (a, b) => a.BinaryCrossEntropyWithLogits(b), [2, 3], [2, 3]),
    ];
}
