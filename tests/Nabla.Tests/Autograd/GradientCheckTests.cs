using Nabla.Ops;

namespace Nabla.Tests.Autograd;

public class GradientCheckTests
{
    sealed record WrongCube : UnaryOp
    {
        public override Tensor Compose(Tensor x) => x.Pow(3);
        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => x * x * 2.9 * dy;
    }

    [Fact]
    public void A_right_gradient_passes_and_leaves_the_sources_as_they_were()
    {
        var x = Tensor.From(0.5, -1.25, 3);
        Assert.InRange(GradientCheck.Of(() => x.Pow(3) * x.Exp(), x).WorstError, 0, 1e-8);
        Assert.Equal([0.5, -1.25, 3], x.ToArray<double>());
    }

    [Fact]
    public void A_wrong_gradient_is_found_where_it_is_worst()
    {
        var (x, y) = (Tensor.From(0.5, -1.25, 3), Tensor.From(1.0));
        var check = GradientCheck.Of(() => new WrongCube().Apply(x) + y, y, x);
        Assert.Equal(0.1 / 3, check.WorstError, 1e-6);
        Assert.Equal(1, check.Source);
        Assert.Contains("source 1", check.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_view_may_be_a_source_and_nan_is_an_error()
    {
        var x = Tensor.From(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        var column = x.Transpose()[1..];
        Assert.InRange(GradientCheck.Of(() => column.Log() * 2, column).WorstError, 0, 1e-8);
        var negative = Tensor.From(-1.0);
        Assert.True(double.IsNaN(GradientCheck.Of(() => negative.Log(), negative).WorstError));
    }

    [Fact]
    public void What_cannot_be_checked_is_refused()
    {
        var (x, single) = (Tensor.From(1.0), Tensor.From(1f));
        Assert.Contains("Float64", Assert.Throws<ArgumentException>(() => GradientCheck.Of(() => single * 2, single)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => GradientCheck.Of(() => x.To(DType.Float32), x));
        var stretched = x.Expand([3]);
        Assert.Contains("stretched", Assert.Throws<ArgumentException>(() => GradientCheck.Of(() => stretched * 2, stretched)).Message, StringComparison.Ordinal);
    }
}
