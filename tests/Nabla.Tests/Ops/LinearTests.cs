namespace Nabla.Tests.Ops;

public class LinearTests
{
    [Fact]
    public void Mismatch_names_the_shapes_and_the_dimensions()
    {
        var error = Assert.Throws<ArgumentException>(() => Tensor.Zeros([2, 9]).Linear(Tensor.Zeros([4, 10])));
        Assert.StartsWith("Linear: x [2, 9] · weightᵀ [10, 4]: 9 ≠ 10", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([2, 9]).Linear(Tensor.Zeros([4, 9]), Tensor.Zeros([3])));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([2, 9]).Linear(Tensor.Zeros([4, 9], DType.Float64)));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros([2, 9]).Linear(Tensor.Zeros([9])));
    }

    [Fact]
    public void Leading_axes_are_kept()
    {
        var (x, w, b) = (Tensor.Normal([2, 3, 5], generator: new Generator(1)), Tensor.Normal([4, 5], generator: new Generator(2)), Tensor.From(1f, 2f, 3f, 4f));
        Assert.Equal([2, 3, 4], x.Linear(w, b).Shape);
        Assert.Equal((x.MatMul(w.Transpose()) + b).ToArray<float>(), x.Linear(w, b).ToArray<float>(), (p, q) => Math.Abs(p - q) < 1e-5);
        Assert.Equal([4], x[0, 0].Linear(w).Shape);
        Assert.Equal([0, 4], Tensor.Zeros([0, 5]).Linear(w, b).Shape);
    }
}
