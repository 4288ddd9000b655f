namespace Nabla.Tests.Autograd;

public class GradientsTests
{
    [Fact]
    public void Gradient_of_a_line_by_its_weight_is_the_input()
    {
        var (w, x, b) = (Tensor.Scalar(2), Tensor.Scalar(3), Tensor.Scalar(1));
        var (y, gradients) = Gradients.Of(() => (w * x) + b, w, b);
        Assert.Equal(7, y.Item());
        Assert.Equal(3, gradients[w].Item());
        Assert.Equal(1, gradients[b].Item());
    }

    [Fact]
    public void A_value_used_twice_gathers_both_gradients()
    {
        var x = Tensor.From(1f, 2f, 3f);
        var (_, gradients) = Gradients.Of(() => ((x * x) + x).Sum(), x);
        Assert.Equal([3f, 5f, 7f], gradients[x].ToArray<float>());
    }

    [Fact]
    public void Broadcast_operands_gather_their_gradient_over_the_stretched_axes()
    {
        var (a, b) = (Tensor.Ones([2, 3]), Tensor.From(1f, 2f, 3f));
        var (_, gradients) = Gradients.Of(() => (a * b).Sum(), a, b);
        Assert.Equal([1f, 2f, 3f, 1f, 2f, 3f], gradients[a].ToArray<float>());
        Assert.Equal([2f, 2f, 2f], gradients[b].ToArray<float>());
    }

    [Fact]
    public void Views_pass_gradients_to_the_elements_they_show()
    {
        var x = Tensor.Arange(6).Reshape(2, 3);
        var (_, gradients) = Gradients.Of(() => (x.Transpose()[1..] * Tensor.From(new float[,] { { 1, 2 }, { 3, 4 } })).Sum(), x);
        Assert.Equal([0f, 1f, 3f, 0f, 2f, 4f], gradients[x].ToArray<float>());
    }

    [Fact]
    public void Nested_closures_give_second_derivatives()
    {
        var x = Tensor.From(0.5, -1.5, 2.0);
        var (_, second) = Gradients.Of(() => Gradients.Of(() => x.Pow(3).Sum(), x).Gradients[x].Sum(), x);
        Assert.Equal([3.0, -9.0, 12.0], second[x].ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Third_derivative_of_tanh_is_its_closed_form()
    {
        var x = Tensor.From(0.3, -0.7);
        var (_, third) = Gradients.Of(() => Gradients.Of(() => Gradients.Of(() => x.Tanh().Sum(), x).Gradients[x].Sum(), x).Gradients[x].Sum(), x);
        static double Expected(double v)
        {
            var t = Math.Tanh(v);
            return (-2 + (8 * t * t)) - (6 * t * t * t * t);
        }
        Assert.Equal([Expected(0.3), Expected(-0.7)], third[x].ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Matrix_product_gradients_are_products_with_the_transposes()
    {
        var (a, b) = (Tensor.From(new float[,] { { 1, 2 }, { 3, 4 } }), Tensor.From(new float[,] { { 5, 6 }, { 7, 8 } }));
        var (loss, gradients) = Gradients.Of(() => a.MatMul(b).Sum(), a, b);
        Assert.Equal(134, loss.Item());
        Assert.Equal([11f, 15f, 11f, 15f], gradients[a].ToArray<float>());
        Assert.Equal([4f, 4f, 6f, 6f], gradients[b].ToArray<float>());
    }

    [Fact]
    public void A_loss_of_several_numbers_is_refused_with_the_remedy()
    {
        var x = Tensor.Ones([3]);
        var error = Assert.Throws<ArgumentException>(() => Gradients.Of(() => x * 2, x));
        Assert.Contains(".Mean()", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pullback_gives_the_gradients_of_the_result_weighted_by_what_arrives()
    {
        var (x, w) = (Tensor.From(new float[,] { { 1, 2 }, { 3, 4 } }), Tensor.From(new float[,] { { 5, 6 }, { 7, 8 } }));
        var upstream = Tensor.From(new float[,] { { 1, -2 }, { 0.5f, 3 } });
        var (y, pulled) = Gradients.Pullback(() => x.MatMul(w).Tanh(), upstream, x, w);
        var (_, expected) = Gradients.Of(() => (x.MatMul(w).Tanh() * upstream).Sum(), x, w);
        Assert.Equal([2, 2], y.Shape.ToArray());
        Assert.Equal(expected[x].ToArray<float>(), pulled[x].ToArray<float>());
        Assert.Equal(expected[w].ToArray<float>(), pulled[w].ToArray<float>());
        Assert.Equal([1f, -2f, 0.5f, 3f], upstream.ToArray<float>());
    }

    [Fact]
    public void A_pullback_of_another_shape_is_refused_with_both_shapes()
    {
        var x = Tensor.Ones([3]);
        var error = Assert.Throws<ArgumentException>(() => Gradients.Pullback(() => x * 2, Tensor.Ones([2]), x));
        Assert.Contains("Float32[2]", error.Message, StringComparison.Ordinal);
        Assert.Contains("Float32[3]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_slope_that_chooses_between_constants_keeps_float64()
    {
        var x = Tensor.From(-1.0, 2.0);
        var (_, gradients) = Gradients.Of(() => x.Relu().Sum(), x);
        Assert.Equal([0.0, 1.0], gradients[x].ToArray<double>());
    }

    [Fact]
    public void A_loss_of_whole_numbers_is_refused() =>
        Assert.Contains("Int64", Assert.Throws<ArgumentException>(() => Gradients.Of(() => Tensor.Ones([3], DType.Int64).Sum())).Message, StringComparison.Ordinal);
}
