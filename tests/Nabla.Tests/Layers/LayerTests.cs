using Nabla.Layers;

namespace Nabla.Tests.Layers;

public class LayerTests
{
    [Fact]
    public void Linear_multiplies_by_the_transposed_weight_and_adds_the_bias()
    {
        var layer = new Linear(3, 2);
        layer.Weight.Set(Tensor.From(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } }));
        layer.Bias!.Set(Tensor.From(10f, 20f));
        Assert.Equal([16f, 35f], layer.Forward(Tensor.Ones([3])).ToArray<float>());
        Assert.Equal(Shape.Create(2, 4, 2), layer.Forward(Tensor.Ones([2, 4, 3])).Shape);
        Assert.Null(new Linear(3, 2, bias: false).Bias);
    }

    [Fact]
    public void Linear_that_does_not_fit_says_which_shapes_and_why()
    {
        var error = Assert.Throws<ArgumentException>(() => new Linear(10, 4).Forward(Tensor.Ones([2, 9])));
        Assert.Contains("Linear: x [2, 9] · weightᵀ [10, 4]: 9 ≠ 10", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Embedding_begins_its_padding_row_as_0_and_leaves_it_there()
    {
        var layer = new Embedding(5, 3, paddingIndex: 2);
        Assert.Equal([0f, 0f, 0f], layer.Weight.Value[2].ToArray<float>());
        Assert.DoesNotContain(0f, layer.Weight.Value[3].ToArray<float>());
        var (_, gradients) = Gradients.Of(() => layer.Forward(Tensor.From([2L, 3, 3, 2], [2, 2])).Sum());
        Assert.Equal([0f, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 0, 0, 0], gradients[layer.Weight].ToArray<float>());
    }

    [Fact]
    public void Sequential_runs_in_order_and_names_by_place()
    {
        Sequential model = [new Linear(4, 3), new ReLU(), new Residual(new Linear(3, 3, bias: false)), new Flatten()];
        Assert.Equal(["0.weight", "0.bias", "2.layers.0.weight"], model.Parameters().Select(p => p.Path));
        Assert.Equal(4, model.Count);
        Assert.IsType<ReLU>(model[1]);
        var x = Tensor.Normal([2, 5, 4], generator: new Generator(1));
        var hidden = ((Linear)model[0]).Forward(x).Relu();
        var inner = ((Residual)model[2]).Layers[0];
        Assert.Equal((hidden + inner.Forward(hidden)).Reshape(2, 15).ToArray<float>(), model.Forward(x).ToArray<float>());
    }

    [Fact]
    public void Residual_may_have_a_shortcut_of_its_own()
    {
        var layer = new Residual(new Linear(4, 2)) { Shortcut = new Linear(4, 2, bias: false) };
        Assert.Equal(["layers.0.weight", "layers.0.bias", "shortcut.weight"], layer.Parameters().Select(p => p.Path));
        Assert.Equal(Shape.Create(3, 2), layer.Forward(Tensor.Ones([3, 4])).Shape);
    }

    public static TheoryData<ILayer, Func<double, double>> Activations => new()
    {
        { new ReLU(), x => Math.Max(x, 0) },
        { new ReLU6(), x => Math.Clamp(x, 0, 6) },
        { new LeakyReLU(0.2), x => x > 0 ? x : 0.2 * x },
        { new ELU(0.5), x => x > 0 ? x : 0.5 * (Math.Exp(x) - 1) },
        { new SELU(), x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1)) },
        { new GELU(byTanh: true), x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))) },
        { new SiLU(), x => x / (1 + Math.Exp(-x)) },
        { new Mish(), x => x * Math.Tanh(Math.Log(1 + Math.Exp(x))) },
        { new Tanh(), Math.Tanh },
        { new Sigmoid(), x => 1 / (1 + Math.Exp(-x)) },
        { new Softplus(), x => Math.Log(1 + Math.Exp(x)) },
        { new Softsign(), x => x / (1 + Math.Abs(x)) },
        { new HardSwish(), x => x * Math.Clamp(x + 3, 0, 6) / 6 },
        { new HardSigmoid(), x => Math.Clamp(x + 3, 0, 6) / 6 },
    };

    [Theory, MemberData(nameof(Activations), DisableDiscoveryEnumeration = true)]
    public void Activation_layers_are_their_formulas(ILayer layer, Func<double, double> formula)
    {
        Assert.Empty(layer.Parameters());
        double[] x = [-30, -3.5, -1, -1e-3, 0, 0.5, 2, 7, 40];
        Reference.AssertClose(Tensor.From(x.Select(formula).ToArray()), layer.Forward(Tensor.From(x).To(DType.Float32)), layer.GetType().Name, 1e-6);
    }

    [Fact]
    public void Softmax_layers_sum_to_1_along_their_axis()
    {
        var x = Tensor.Normal([3, 4], generator: new Generator(2));
        Reference.AssertClose(Tensor.Ones([4]), new Softmax(axis: 0).Forward(x).Sum(0), "softmax", 1e-6);
        Reference.AssertClose(new Softmax().Forward(x).Log(), new LogSoftmax().Forward(x), "log softmax", 1e-6);
        Reference.AssertClose(Reference.Case("ops", "gelu_erf")["out"], new GELU().Forward(Reference.Case("ops", "gelu_erf")["x"]), "gelu", 1e-6);
    }

    [Fact]
    public void Parameters_do_not_depend_on_the_order_of_construction_or_use()
    {
        var (first, second) = (new Sequential(new Linear(4, 3), new Linear(3, 2)).Initialize(5), new Sequential(new Linear(4, 3), new Linear(3, 2)).Initialize(5));
        _ = ((Linear)second[1]).Weight.Value;
        Assert.Equal(first.Forward(Tensor.Ones([4])).ToArray<float>(), second.Forward(Tensor.Ones([4])).ToArray<float>());
    }
}
