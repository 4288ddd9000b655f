namespace Nabla.Tests.Tensors;

/// <summary>Tensors of more than 2³¹ elements. Here they are one row seen many times, which needs no memory; <c>benchmarks --large</c> stores one.</summary>
public sealed class LargeTensorTests
{
    const int Rows = 54_000, Columns = 40_000;   // 2.16 · 10⁹ elements
    const long Length = (long)Rows * Columns;

    static Tensor Row => Tensor.From([.. Enumerable.Range(0, Columns).Select(i => i % 4f)], [Columns]);

    static Tensor Large => Row.Expand([Rows, Columns]);

    [Fact]
    public void Its_length_is_told() => Assert.Equal(Length, Large.Length);

    [Fact]
    public void Its_last_element_is_read_and_its_slices_are_computed_with()
    {
        var x = Large;
        Assert.Equal(3, x[^1, ^1].Item());
        Assert.Equal(2 * (0 + 1 + 2 + 3), (x[^2.., ^4..] * 1).Sum().Item());
    }

    [Fact]
    public void It_is_reduced() => Assert.Equal(1.5, Large.Mean().Item(), 1e-5);

    [Fact]
    public void It_does_not_fit_an_array()
    {
        Assert.Contains("slice the tensor", Assert.Throws<InvalidOperationException>(() => Large.ToArray<float>()).Message);
        Assert.ThrowsAny<InvalidOperationException>(() => Large.AsSpan<float>().Length);
    }

    [Fact]
    public void No_axis_can_hold_it()
    {
        var flat = Assert.Throws<NotSupportedException>(() => Large.Reshape(-1));
        Assert.Contains("Reshape: an axis of 2160000000 elements", flat.Message);
        Assert.Contains("slices", flat.Message);
        Assert.Contains("Flatten", Assert.Throws<NotSupportedException>(() => Large.Flatten()).Message);
        Assert.Contains("Linear", Assert.Throws<NotSupportedException>(() => Row.Unsqueeze(-1).Expand([Rows, Columns, 1]).Linear(Tensor.Ones([1, 1]))).Message);
        Assert.Contains("Concat", Assert.Throws<NotSupportedException>(() => Tensor.Concat(0, Tensor.Scalar(1).Expand([int.MaxValue]), Tensor.Scalar(1).Expand([2]))).Message);
    }

    [Fact]
    public void More_elements_than_can_be_counted_are_refused() => Assert.Contains("2⁶³", Assert.Throws<ArgumentException>(() => Shape.Create(int.MaxValue, int.MaxValue, int.MaxValue)).Message);
}
