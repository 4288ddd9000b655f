namespace Nabla.Tests.Autograd;

public class HessianTests
{
    /// <summary>Two layers with tanh and cross entropy over one vector of all 4 · 3 + 4 + 3 · 4 + 3 = 31 weights.</summary>
    static Tensor Loss(Tensor theta)
    {
        var x = Ops.OpCase.Numbers([5, 3], seed: 11);
        var (w1, b1, w2, b2) = (theta[..12].Reshape(4, 3), theta[12..16], theta[16..28].Reshape(3, 4), theta[28..31]);
        return x.Linear(w1, b1).Tanh().Linear(w2, b2).CrossEntropy(Tensor.From(0L, 2L, 1L, 1L, 0L));
    }

    static Tensor Gradient(Tensor theta) => Gradients.Of(() => Loss(theta), theta).Gradients[theta];

    static Tensor Row(Tensor theta, int i) => Gradients.Of(() => Gradient(theta)[i], theta).Gradients[theta];

    [Fact]
    public void Hessian_of_an_mlp_agrees_with_differences_of_its_gradient_and_is_symmetric()
    {
        var theta = Ops.OpCase.Numbers([31], -1, 1, seed: 12);
        var hessian = Tensor.Stack(0, [.. Enumerable.Range(0, 31).Select(i => Row(theta, i))]).ToArray<double>();
        const double Step = 1e-5;
        for (var i = 0; i < 31; i++)
        {
            var move = (Tensor.Arange(31, DType.Int64).EqualTo(i).To(DType.Float64)) * Step;
            var differences = ((Gradient(theta + move) - Gradient(theta - move)) / (2 * Step)).ToArray<double>();
            for (var j = 0; j < 31; j++)
            {
                Assert.Equal(differences[j], hessian[(i * 31) + j], 1e-8);
                Assert.Equal(hessian[(j * 31) + i], hessian[(i * 31) + j], 1e-13);
            }
        }
        Assert.Contains(hessian, h => Math.Abs(h) > 0.05);
    }

    [Fact]
    public void The_gradient_of_the_gradients_norm_is_twice_hessian_times_gradient()
    {
        var theta = Ops.OpCase.Numbers([31], -1, 1, seed: 13);
        var (_, gradients) = Gradients.Of(() => Gradient(theta).Square().Sum(), theta);
        var hessian = Tensor.Stack(0, [.. Enumerable.Range(0, 31).Select(i => Row(theta, i))]);
        var expected = (hessian.MatMul(Gradient(theta)) * 2).ToArray<double>();
        Assert.Equal(expected, gradients[theta].ToArray<double>(), (a, b) => Math.Abs(a - b) < 1e-12);
    }
}
