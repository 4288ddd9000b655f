namespace Nabla.Tests.Ops;

public class ActivationsTests
{
    static readonly (string Name, Func<Tensor, Tensor> Of, Func<double, double> Expected)[] All =
    [
        ("relu", x => x.Relu(), x => Math.Max(x, 0)),
        ("relu6", x => x.Relu6(), x => Math.Clamp(x, 0, 6)),
        ("leaky_relu", x => x.LeakyRelu(0.1), x => x > 0 ? x : 0.1 * x),
        ("elu", x => x.Elu(1.5), x => x > 0 ? x : 1.5 * (Math.Exp(x) - 1)),
        ("selu", x => x.Selu(), x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1))),
        ("sigmoid", x => x.Sigmoid(), x => 1 / (1 + Math.Exp(-x))),
        ("log_sigmoid", x => x.LogSigmoid(), x => x < -30 ? x : -Math.Log(1 + Math.Exp(-x))),
        ("softplus", x => x.Softplus(), x => x > 30 ? x : Math.Log(1 + Math.Exp(x))),
        ("silu", x => x.Silu(), x => x / (1 + Math.Exp(-x))),
        ("mish", x => x.Mish(), x => x * Math.Tanh(x > 30 ? x : Math.Log(1 + Math.Exp(x)))),
        ("hard_sigmoid", x => x.HardSigmoid(), x => Math.Clamp((x / 6) + 0.5, 0, 1)),
        ("hard_swish", x => x.HardSwish(), x => x * Math.Clamp((x / 6) + 0.5, 0, 1)),
        ("softsign", x => x.Softsign(), x => x / (1 + Math.Abs(x))),
        ("gelu_tanh", x => x.GeluTanh(), x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))))),
    ];

    public static TheoryData<string> Names => [.. All.Select(a => a.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Each_is_its_formula_from_minus_1000_to_1000_in_float32_and_float64(string name)
    {
        var (_, of, expected) = All.Single(a => a.Name == name);
        double[] values = [-1000, -100, -20, -6, -3, -2.5, -1, -0.3, -1e-3, 0, 1e-3, 0.3, 1, 2.5, 3, 6, 20, 100, 1000];
        var (single, full) = (of(Tensor.From(values).To(DType.Float32)).ToArray<float>(), of(Tensor.From(values)).ToArray<double>());
        for (var i = 0; i < values.Length; i++)
        {
            Assert.Equal(expected(values[i]), full[i], 1e-12 * Math.Max(1, Math.Abs(values[i])));
            Assert.Equal(expected((float)values[i]), single[i], 1e-6 * Math.Max(1, Math.Abs(values[i])));
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void First_and_second_derivatives_are_finite_from_minus_1000_to_1000(string name)
    {
        var of = All.Single(a => a.Name == name).Of;
        var x = Tensor.From(-1000f, -100f, -90f, -3f, 0f, 3f, 90f, 100f, 1000f);
        var (_, first) = Gradients.Of(() => of(x).Sum(), x);
        Assert.All(first[x].ToArray<float>(), g => Assert.True(float.IsFinite(g)));
        var (_, second) = Gradients.Of(() => Gradients.Of(() => of(x).Sum(), x).Gradients[x].Square().Sum(), x);
        Assert.All(second[x].ToArray<float>(), g => Assert.True(float.IsFinite(g)));
    }

    [Fact]
    public void Gelu_of_one_is_the_normal_distribution_at_one()
    {
        Assert.Equal(0.8413447460685429, Tensor.Scalar(1, DType.Float64).Gelu().Item(), 1e-14);
        Assert.Equal(-0.15865525393145707, Tensor.Scalar(-1, DType.Float64).Gelu().Item(), 1e-14);
        Assert.Equal(0.8413447, Tensor.Scalar(1).Gelu().Item(), 1e-6);
    }

    [Fact]
    public void Elu_near_zero_does_not_cancel()
    {
        Assert.Equal(-1e-6, Tensor.Scalar(-1e-6).Elu().Item(), 1e-12);
    }

    [Fact]
    public void Nan_stays_nan()
    {
        Assert.All(All, a => Assert.True(double.IsNaN(a.Of(Tensor.Scalar(double.NaN)).Item()), a.Name));
    }
}
