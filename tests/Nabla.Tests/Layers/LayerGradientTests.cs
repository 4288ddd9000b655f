using Nabla.Layers;
using Nabla.Models;

namespace Nabla.Tests.Layers;

public class LayerGradientTests
{
    public static TheoryData<string, ILayer, Shape> All
    {
        get
        {
            var data = new TheoryData<string, ILayer, Shape>();
            foreach (var layer in (ILayer[])[new Linear(6, 4), new Linear(6, 4, bias: false), new LayerNorm(6), new Residual(new Linear(6, 6), new Tanh()), new Mlp(6, [5, 4], 3, x => x.Gelu()),
                new ELU(), new SELU(), new GELU(), new GELU(byTanh: true), new SiLU(), new Mish(), new Tanh(), new Sigmoid(), new Softplus(), new Softsign(), new Softmax(), new Softmax(0),
                new LogSoftmax(), new ReLU(), new ReLU6(), new LeakyReLU(), new HardSwish(), new HardSigmoid(), new Flatten(0)])
                data.Add(layer.GetType().Name, layer, [5, 6]);
            data.Add("BatchNorm", new BatchNorm(6), [5, 6]);
            data.Add("BatchNorm of pictures", new BatchNorm(3), [2, 3, 4, 4]);
            data.Add("GroupNorm", new GroupNorm(2, 4), [2, 4, 3, 3]);
            data.Add("Conv1d", new Conv1d(4, 6, 3, stride: 2, padding: 1, groups: 2), [2, 4, 7]);
            data.Add("Conv2d", new Conv2d(4, 3, (3, 2), stride: (1, 2), padding: (1, 0), dilation: (2, 1)), [2, 4, 6, 5]);
            data.Add("Conv2d depthwise", new Conv2d(4, 4, 3, padding: 1, groups: 4), [2, 4, 5, 5]);
            data.Add("ConvTranspose2d", new ConvTranspose2d(4, 3, 3, stride: 2, padding: 1, outputPadding: 1), [2, 4, 3, 3]);
            data.Add("ConvBatchNorm", new ConvBatchNorm(2, 3, 3, stride: 2, padding: 1), [3, 2, 6, 6]);
            data.Add("MaxPool2d", new MaxPool2d(3, stride: 2, padding: 1), [2, 3, 6, 6]);
            data.Add("AveragePool2d", new AveragePool2d(3, stride: 2, padding: 1, countPadding: false), [2, 3, 6, 6]);
            data.Add("AdaptiveAveragePool2d", new AdaptiveAveragePool2d((2, 3)), [2, 3, 5, 7]);
            data.Add("LayerNorm of two axes", new LayerNorm([4, 3]), [5, 4, 3]);
            data.Add("Dropout", new Of<Dropout>(new(0.3), (_, x) => x.Dropout(0.3, new Generator(7))), [5, 6]);
            data.Add("Embedding", new Of<Embedding>(new(7, 6, paddingIndex: 2), (table, x) => table.Forward(Tensor.From(3L, 1, 6, 3, 0)) * x), [5, 6]);
            data.Add("LearnedPositions", new LearnedPositions(9, 6), [2, 5, 6]);
            data.Add("SinusoidalPositions", new Of<Flatten>(new(0), (_, x) => SinusoidalPositions.AddTo(x).Square()), [2, 5, 6]);
            foreach (var layer in (Recurrent[])[new Rnn(6, 3), new Gru(6, 3, layers: 2), new Lstm(6, 3, layers: 2, bidirectional: true)])
            {
                data.Add($"{layer.GetType().Name}, padded", new Of<Recurrent>(layer, (l, x) => l.Forward(x).Output), [2, 5, 6]);
                data.Add($"{layer.GetType().Name}, ragged", new Of<Recurrent>(layer, (l, x) => l.Forward(new Ragged(x, Lengths)) is var (y, state) ? Tensor.Concat(0, y.Values.Flatten(), state.Hidden.Flatten()) : x), [10, 6]);
            }
            data.Add("MultiHeadAttention", new Of<MultiHeadAttention>(new(6, 2), (l, x) => l.Forward(x, causal: true)), [2, 5, 6]);
            data.Add("MultiHeadAttention, masked", new Of<MultiHeadAttention>(new(6, 2), (l, x) => l.Forward(x, mask: Tensor.Arange(5) < Tensor.From(5f, 2).Reshape(2, 1, 1, 1))), [2, 5, 6]);
            data.Add("MultiHeadAttention, ragged", new Of<MultiHeadAttention>(new(6, 2), (l, x) => l.Forward(new Ragged(x, Lengths), causal: true).Values), [10, 6]);
            data.Add("MultiHeadAttention, dropping", new Of<MultiHeadAttention>(new(6, 2, dropout: 0.3), (l, x) =>
            {
                using (new Generator(7).AsDefault()) return l.Forward(new Ragged(x, Lengths)).Values;
            }), [10, 6]);
            foreach (var first in (bool[])[false, true])
            {
                data.Add($"TransformerEncoderLayer, normalised first: {first}", new Of<TransformerEncoderLayer>(new(new(6, 2, 8) { NormFirst = first, Gelu = first }), (l, x) => l.Forward(new Ragged(x, Lengths)).Values), [10, 6]);
                data.Add($"TransformerDecoderLayer, normalised first: {first}", new Of<TransformerDecoderLayer>(new(new(6, 2, 8) { NormFirst = first, Gelu = first }),
                    (l, x) => l.Forward(new Ragged(x, Lengths), new Ragged(x.Tanh(), 3, 3, 4)).Values), [10, 6]);
            }
            return data;
        }
    }

    static readonly int[] Lengths = [4, 1, 5];

    [Theory, MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void Every_element_of_the_gradient_is_that_of_finite_differences(string name, ILayer layer, Shape shape)
    {
        layer.Initialize(3).To(DType.Float64);
        var x = Tensor.Normal(shape, generator: new Generator(1)).To(DType.Float64);
        var check = GradientCheck.Of(() => layer.Forward(x), [x, .. layer.Parameters().Select(p => p.Parameter.Value)]);
        Assert.True(check.WorstError < 1e-7, $"{name}: {check}");
    }

    /// <summary>The kernels, which are of float32, beside the compositions.</summary>
    [Theory, MemberData(nameof(All), DisableDiscoveryEnumeration = true)]
    public void Float32_gives_what_float64_gives(string name, ILayer layer, Shape shape)
    {
        layer.Initialize(3);
        var x = Tensor.Normal(shape, generator: new Generator(1));
        var narrow = Everything(DType.Float32);
        var wide = Everything(DType.Float64);
        for (var i = 0; i < wide.Length; i++) Reference.AssertClose(wide[i], narrow[i], $"{name}, {(i == 0 ? "forward" : $"gradient {i - 1}")}", 1e-5);

        Tensor[] Everything(DType dtype)
        {
            layer.To(dtype);
            var input = x.To(dtype).Clone();
            Tensor? y = null;
            Tensor[] sources = [input, .. layer.Parameters().Select(p => p.Parameter.Value)];
            var (_, gradients) = Gradients.Of(() => ((y = layer.Forward(input)) * Tensor.Normal(y.Shape, generator: new Generator(2)).To(dtype)).Sum(), sources);
            return [y!, .. sources.Select(source => gradients[source])];
        }
    }

    /// <summary>What takes more than a tensor, as a layer of one.</summary>
    sealed class Of<M>(M module, Func<M, Tensor, Tensor> forward) : ILayer where M : IModule
    {
        public void Describe(Members members) => module.Describe(members);

        public Tensor Forward(Tensor x) => forward(module, x);
    }
}
