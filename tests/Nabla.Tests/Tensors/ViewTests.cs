using CsCheck;

namespace Nabla.Tests.Tensors;

/// <summary>Views against the same walk over a plain array, by index arithmetic of the test's own.</summary>
public class ViewTests
{
    static readonly Tensor Cube = Tensor.Arange(24).Reshape(2, 3, 4);

    static float At(int i, int j, int k) => (((i * 3) + j) * 4) + k;

    [Fact]
    public void Indices_pick_and_ranges_cut()
    {
        Assert.Equal([3, 4], Cube[1].Shape);
        Assert.Equal(At(1, 2, 3), Cube[1, 2, 3].Item());
        Assert.Equal(At(1, 2, 3), Cube[^1, ^1, ^1].Item());
        Assert.Equal(At(1, 2, 3), Cube[-1, -1, -1].Item());
        Assert.Equal([At(0, 1, 1), At(0, 1, 2), At(0, 2, 1), At(0, 2, 2)], Cube[0, 1.., 1..3].ToArray<float>());
        Assert.Equal([2, 1, 4], Cube[.., 1..2].Shape);
        Assert.Equal([2, 4], Cube[.., 1].Shape);
    }

    [Fact]
    public void Steps_and_flips_walk_with_other_strides()
    {
        Assert.Equal([At(0, 0, 0), At(0, 0, 2)], Cube.Slice(2, 0, 4, step: 2)[0, 0].ToArray<float>());
        Assert.Equal([At(0, 0, 3), At(0, 0, 2), At(0, 0, 1), At(0, 0, 0)], Cube.Flip(2)[0, 0].ToArray<float>());
    }

    [Theory]
    [InlineData(3, "axis 0")]
    [InlineData(-4, "axis 0")]
    public void An_index_outside_names_the_axis(int index, string part) =>
        Assert.Contains(part, Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Zeros([3, 2])[index]).Message, StringComparison.Ordinal);

    [Fact]
    public void Views_that_cannot_be_are_refused_with_the_shape()
    {
        Assert.Contains("[2, 3, 4]", Assert.Throws<ArgumentException>(() => Cube.Reshape(5, 5)).Message, StringComparison.Ordinal);
        Assert.Contains("[2, 3, 4]", Assert.Throws<ArgumentException>(() => Cube.Reshape(-1, 7)).Message, StringComparison.Ordinal);
        Assert.Contains("[2, 3, 4]", Assert.Throws<ArgumentException>(() => Cube.Permute(0, 0, 1)).Message, StringComparison.Ordinal);
        Assert.Contains("[2, 3, 4]", Assert.Throws<ArgumentException>(() => Cube.Squeeze(0)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Cube.Unsqueeze(5));
        Assert.Throws<ArgumentException>(() => Cube.Expand([2, 3, 5]));
        Assert.Contains("4 indices", Assert.Throws<ArgumentException>(() => Cube[0, 0, 0, 0]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Axes_come_and_go()
    {
        Assert.Equal([2, 1, 3, 4], Cube.Unsqueeze(1).Shape);
        Assert.Equal([2, 3, 4, 1], Cube.Unsqueeze(-1).Shape);
        Assert.Equal([2, 3, 4], Cube.Unsqueeze(0).Squeeze(0).Shape);
        Assert.Equal([6, 4], Cube.Flatten(0, 1).Shape);
        Assert.Equal([24], Cube.Flatten().Shape);
        Assert.Equal([1], Tensor.Scalar(3).Flatten().Shape);
        Assert.Equal([2, 12], Cube.Reshape(2, -1).Shape);
    }

    /// <summary>Any order of axes, then a cut, then a copy: the elements are where index arithmetic says.</summary>
    [Fact]
    public void Permuted_and_cut_tensors_hold_the_elements_that_index_arithmetic_says()
    {
        var cases = Gen.Select(Gen.Shuffle(new[] { 0, 1, 2 }), Gen.Int[1, 4].Array[3], Gen.Int[0, 100]);
        cases.Sample((order, dims, salt) =>
        {
            var x = Tensor.Arange(dims[0] * dims[1] * dims[2]).Reshape(dims);
            var start = salt % dims[order[0]];
            var y = x.Permute(order)[start..];
            var flat = y.ToArray<float>();
            var at = 0;
            var index = new int[3];
            for (index[order[0]] = start; index[order[0]] < dims[order[0]]; index[order[0]]++)
                for (index[order[1]] = 0; index[order[1]] < dims[order[1]]; index[order[1]]++)
                    for (index[order[2]] = 0; index[order[2]] < dims[order[2]]; index[order[2]]++)
                        Assert.Equal((((index[0] * dims[1]) + index[1]) * dims[2]) + index[2], flat[at++]);
            Assert.Equal(flat.Length, at);
            Assert.Equal(flat, y.Clone().ToArray<float>());
            Assert.Equal(flat.Sum(), y.Sum().Item());
        });
    }

    [Fact]
    public void A_view_shares_memory_and_a_clone_does_not()
    {
        var parameter = new Parameter([4], (shape, _) => Tensor.Zeros(shape));
        var (view, clone) = (parameter.Value[1..], parameter.Value.Clone());
        parameter.Set(Tensor.Ones([4]));
        Assert.Equal([1f, 1f, 1f], view.ToArray<float>());
        Assert.Equal([0f, 0f, 0f, 0f], clone.ToArray<float>());
    }

    [Fact]
    public void Reading_as_another_type_is_refused_with_the_remedy()
    {
        Assert.Contains("To(DType.Int64)", Assert.Throws<InvalidOperationException>(() => Cube.ToArray<long>()).Message, StringComparison.Ordinal);
        Assert.Contains("24 elements", Assert.Throws<InvalidOperationException>(() => Cube.Item<float>()).Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => Tensor.From((byte)1, (byte)2));
        Assert.Throws<ArgumentException>(() => Tensor.From([1f, 2f, 3f], [2, 2]));
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    [InlineData(DType.Int64)]
    [InlineData(DType.Int32)]
    public void Every_number_type_is_made_converted_and_read(DType dtype)
    {
        Assert.Equal(6, Tensor.Full([2, 3], 1, dtype).To(DType.Float64).Sum().Item());
        Assert.Equal([0.0, 1.0, 2.0], Tensor.Arange(3, dtype).To(DType.Float64).ToArray<double>());
        Assert.Equal([1.0, 0.0, 0.0, 1.0], Tensor.Eye(2, dtype).To(DType.Float64).ToArray<double>());
        Assert.Equal(7, Tensor.Scalar(7, dtype).Item());
        Assert.Equal([false, true, true], Tensor.Arange(3, dtype).To(DType.Bool).ToArray<bool>());
        Assert.Equal([1.0, 0.0], Tensor.From(true, false).To(dtype).To(DType.Float64).ToArray<double>());
    }

    [Fact]
    public void Ranges_follow_their_definition()
    {
        Assert.Equal([1f, 1.5f, 2f], Tensor.Arange(1, 2.25, 0.5).ToArray<float>());
        Assert.Equal([3f, 2f, 1f], Tensor.Arange(3, 0, -1).ToArray<float>());
        Assert.Equal([0f, 0.5f, 1f], Tensor.Linspace(0, 1, 3).ToArray<float>());
        Assert.Equal([5f], Tensor.Linspace(5, 9, 1).ToArray<float>());
        Assert.Empty(Tensor.Arange(0).ToArray<float>());
        Assert.Throws<ArgumentException>(() => Tensor.Arange(0, 3, 0));
        Assert.Throws<ArgumentException>(() => Tensor.Arange(0, 3, -1));
    }
}
