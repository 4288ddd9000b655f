namespace Nabla.Tests.Ops;

/// <summary>What does not fit is refused by name, with the shapes and the mismatch.</summary>
public class RefusalTests
{
    static Tensor Of(params int[] dims) => Tensor.Zeros(Shape.Create(dims));

    static readonly Tensor Labels = Tensor.Zeros([2], DType.Int64);

    public static TheoryData<string, Func<object>, string> Cases => new()
    {
        { "MatMul", () => Of(2, 3).MatMul(Of(2, 3)), "MatMul: [2, 3] · [2, 3]: 3 ≠ 2" },
        { "MatMul of a vector", () => Of(4).MatMul(Of(3, 2)), "4 ≠ 3" },
        { "Linear", () => Of(2, 9).Linear(Of(4, 10)), "Linear: x [2, 9] · weightᵀ [10, 4]: 9 ≠ 10" },
        { "Linear bias", () => Of(2, 9).Linear(Of(4, 9), Of(5)), "Linear: bias [5] does not fit weight [4, 9]: [4] is needed" },
        { "Linear rank", () => Of(2, 9).Linear(Of(9)), "x is [.., inputs] and the weight [outputs, inputs]" },
        { "Broadcast", () => Of(2, 3) + Of(2), "shapes [2, 3] and [2] do not broadcast: 3 ≠ 2" },
        { "Conv1d rank", () => Of(2, 3).Conv1d(Of(4, 3, 2)), "Conv1d: x [2, 3], weight [4, 3, 2]: 3 axes each are needed" },
        { "Conv2d channels", () => Of(1, 3, 5, 5).Conv2d(Of(4, 2, 3, 3)), "Conv2d: x [1, 3, 5, 5] has 3 channels, weight [4, 2, 3, 3] takes 2" },
        { "Conv2d groups", () => Of(1, 4, 5, 5).Conv2d(Of(3, 2, 3, 3), groups: 2), "3 outputs do not divide" },
        { "Conv2d bias", () => Of(1, 3, 5, 5).Conv2d(Of(4, 3, 3, 3), Of(3)), "bias [3] does not fit weight [4, 3, 3, 3]: [4] is needed" },
        { "Conv2d kernel", () => Of(1, 3, 5, 5).Conv2d(Of(4, 3, 3, 3), dilation: 3), "a kernel [3, 3] with dilation 3 reaches over 7, more than x [1, 3, 5, 5] has" },
        { "Conv2d stride", () => Of(1, 3, 5, 5).Conv2d(Of(4, 3, 3, 3), stride: 0), "stride: 0, at least 1 is needed" },
        { "ConvTranspose2d rank", () => Of(3, 5, 5).ConvTranspose2d(Of(3, 4, 2, 2)), "ConvTranspose2d: x [3, 5, 5], weight [3, 4, 2, 2]: 4 axes each are needed" },
        { "ConvTranspose2d channels", () => Of(1, 3, 5, 5).ConvTranspose2d(Of(2, 4, 2, 2)), "channels 3 ≠ 2" },
        { "ConvTranspose2d bias", () => Of(1, 3, 5, 5).ConvTranspose2d(Of(3, 4, 2, 2), Of(3)), "bias [3] does not fit weight [3, 4, 2, 2] in 1 groups: [4] is needed" },
        { "ConvTranspose2d padding", () => Of(1, 3, 2, 2).ConvTranspose2d(Of(3, 4, 2, 2), padding: 2), "padding 2 leaves nothing" },
        { "ConvTranspose2d output padding", () => Of(1, 3, 2, 2).ConvTranspose2d(Of(3, 4, 2, 2), outputPadding: 1), "output padding 1 must be less than the stride 1" },
        { "MaxPool2d kernel", () => Of(1, 2, 2).MaxPool2d(3), "kernel [3, 3] is larger than x [1, 2, 2]" },
        { "AvgPool2d padding", () => Of(1, 4, 4).AvgPool2d(2, padding: 2), "padding 2 exceeds half of the kernel 2" },
        { "MaxPool2d rank", () => Of(4).MaxPool2d(2), "[.., height, width] is needed" },
        { "Attention widths", () => Of(2, 3).Attention(Of(4, 5), Of(4, 5)), "Attention: query [2, 3] · keyᵀ [4, 5]: widths 3 ≠ 5" },
        { "Attention sources", () => Of(2, 3).Attention(Of(4, 3), Of(5, 3)), "4 ≠ 5 sources" },
        { "Attention rank", () => Of(3).Attention(Of(4, 3), Of(4, 3)), "at least two axes each are needed" },
        { "Attention mask type", () => Of(2, 3).Attention(Of(4, 3), Of(4, 3), Tensor.Ones([2, 4], DType.Int64)), "the mask is Int64[2, 4]: Bool is needed" },
        { "Attention mask shape", () => Of(2, 3).Attention(Of(4, 3), Of(4, 3), Tensor.Ones([5, 2, 4], DType.Bool)), "mask [5, 2, 4] does not broadcast to the scores [2, 4]" },
        { "BatchNorm rank", () => Of(3).BatchNorm(), "BatchNorm: x [3]: [batch, channels, ..] is needed" },
        { "BatchNorm weight", () => Of(2, 3).BatchNorm(Of(2), Of(2)), "does not fit x [2, 3]: [3] is needed" },
        { "BatchNorm bias alone", () => Of(2, 3).BatchNormInference(Of(3), Of(3), bias: Of(3)), "BatchNorm: a bias [3] without a weight" },
        { "LayerNorm bias alone", () => Of(2, 3).LayerNorm(bias: Of(3)), "LayerNorm: a bias [3] without a weight" },
        { "GroupNorm", () => Of(2, 3, 4).GroupNorm(2), "the 3 channels of x [2, 3, 4] do not divide into 2 groups" },
        { "Concat", () => Tensor.Concat(0, Of(2, 3), Of(2, 4)), "Concat: [2, 4] does not continue [2, 3] along axis 0" },
        { "Concat of nothing", () => Tensor.Concat(0), "at least one tensor is needed" },
        { "Stack", () => Tensor.Stack(0, Of(2, 3), Of(3, 2)), "Stack: [3, 2] beside [2, 3]" },
        { "Split", () => Of(5, 2).Split(0, 2, 2), "Split: lengths [2, 2] do not add up to axis 0 of [5, 2]" },
        { "Split too long", () => Of(5, 2).Split(0, 7, -2), "do not add up" },
        { "Chunk", () => Of(5, 2).Chunk(0, 2), "axis 0 of [5, 2] does not divide into 2 equal parts" },
        { "Pad", () => Of(5, 2).Pad([1, 1, 1], [0, 0, 0]), "at most one per axis" },
        { "Pad negative", () => Of(5, 2).Pad([-1], [0]), "none negative" },
        { "Reshape", () => Of(2, 3).Reshape(4), "Reshape: [2, 3] has 6 elements, [4] has 4" },
        { "Reshape rest", () => Of(2, 3).Reshape(4, -1), "does not divide into [4, -1]" },
        { "Squeeze", () => Of(2, 3).Squeeze(0), "axis 0 of shape [2, 3] has length 2, not 1" },
        { "Unsqueeze", () => Of(2, 3).Unsqueeze(4), "axis 4 of shape [2, 3]: expected −3 ≤ axis ≤ 2" },
        { "Permute", () => Of(2, 3).Permute(0, 0), "[0, 0] is not an order of the 2 axes" },
        { "Expand", () => Of(2, 3).Expand([2, 4]), "do not broadcast" },
        { "Expand fewer", () => Of(2, 3).Expand([3]), "[2, 3] does not stretch to [3]" },
        { "Slice step", () => Of(4).Slice(0, 0, 4, 0), "step 0 along axis 0 of [4]" },
        { "Indices", () => Of(4)[0, 0], "2 indices for shape [4]" },
        { "Index", () => Of(4, 2)[4], "on axis 0 of shape [4, 2]: its length is 4" },
        { "Axis", () => Of(4, 2).Sum(2), "axis 2 of shape [4, 2]: expected −2 ≤ axis < 2" },
        { "Axis twice", () => Of(4, 2).Sum([0, -2]), "axis 0 of shape [4, 2] is named twice" },
        { "Max of nothing", () => Of(4, 0).Max(1), "Max: shape [4, 0] has no elements along axis [1]" },
        { "ArgMin of nothing", () => Of(4, 0).ArgMin(1), "ArgMin: shape [4, 0] has no elements along axis 1" },
        { "TopK", () => Of(4).TopK(5), "TopK: 5 of the 4 elements" },
        { "Where", () => Tensor.Where(Of(2), Of(2), Of(2)), "the condition is Float32[2], Bool is needed" },
        { "Gather type", () => Of(2, 3).Gather(0, Of(2, 3)), "the index is Float32[2, 3], Int64 is needed" },
        { "Gather shape", () => Of(2, 3).Gather(0, Tensor.Zeros([2, 4], DType.Int64)), "index [2, 4] does not fit [2, 3] along axis 0" },
        { "Embedding", () => Labels.Embedding(Of(5)), "the table has shape [5], [rows, width] is needed" },
        { "Embedding type", () => Of(2).Embedding(Of(5, 2)), "the indices are Float32[2], Int64 is needed" },
        { "CrossEntropy", () => Of(3, 4).CrossEntropy(Labels), "logits [3, 4], labels [2]: one label per row" },
        { "CrossEntropy type", () => Of(2, 4).CrossEntropy(Of(2)), "the labels are Float32[2], integers are needed" },
        { "CrossEntropy weights", () => Of(2, 4).CrossEntropy(Labels, new() { ClassWeights = Of(3) }), "class weights Float32[3] do not fit logits Float32[2, 4]" },
        { "CrossEntropy smoothing", () => Of(2, 4).CrossEntropy(Labels, new() { LabelSmoothing = 2 }), "label smoothing 2" },
        { "MeanSquaredError", () => Of(2, 1).MeanSquaredError(Of(2)), "prediction [2, 1], target [2]: the shapes must be equal" },
        { "Clip", () => Of(2).Clip(1, 0), "min 1 exceeds max 0" },
        { "Uniform", () => Tensor.Uniform([2], 1, 1), "low 1 must be below high 1" },
        { "Bernoulli", () => Tensor.Bernoulli([2], 1.5), "probability 1.5 is not within 0 … 1" },
        { "Dropout", () => Of(2).Dropout(-0.1), "0 ≤ probability ≤ 1 is needed" },
        { "Arange", () => Tensor.Arange(0, 1, 0), "Arange(0, 1, 0)" },
        { "From", () => Tensor.From([1f, 2f], [3]), "2 values do not fill shape [3]" },
        { "Shape", () => Of(2, -1), "a dimension must be 0 or more" },
        { "Shape length", () => Tensor.Zeros([int.MaxValue, int.MaxValue, int.MaxValue]), "more than 2⁶³ − 1 elements" },
    };

    [Theory, MemberData(nameof(Cases))]
    public void It_says_what_does_not_fit(string what, Func<object> use, string expected)
    {
        var error = Assert.ThrowsAny<ArgumentException>(use);
        Assert.True(error.Message.Contains(expected, StringComparison.Ordinal), $"{what}: «{expected}» is not in «{error.Message}»");
    }

    [Fact]
    public void Indices_beyond_the_table_are_refused_by_value()
    {
        var index = Tensor.From(0L, 7L);
        Func<object>[] uses = [() => index.Embedding(Of(5, 2)), () => Of(5).Gather(0, index), () => Of(5).IndexSelect(0, index), () => Of(2, 5).CrossEntropy(index)];
        Assert.All(uses, use => Assert.Contains("7 at [1]", Assert.Throws<IndexOutOfRangeException>(use).Message, StringComparison.Ordinal));
    }
}
