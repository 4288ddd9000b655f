namespace Nabla.Tests.Ops;

public class IndexingTests
{
    [Fact]
    public void Embedding_index_beyond_the_table_is_named_with_the_table_size()
    {
        var error = Assert.Throws<IndexOutOfRangeException>(() => Tensor.From([0L, 1, 2, 11], [2, 2]).Embedding(Tensor.Zeros([11, 6])));
        Assert.StartsWith("Embedding: index 11 at [1, 1]: the table [11, 6] has 11 rows", error.Message, StringComparison.Ordinal);
        Assert.Throws<IndexOutOfRangeException>(() => Tensor.From(-1L).Embedding(Tensor.Zeros([11, 6])));
        Assert.Throws<ArgumentException>(() => Tensor.From(1f).Embedding(Tensor.Zeros([11, 6])));
    }

    [Fact]
    public void Padding_row_gets_no_gradient()
    {
        var (indices, weight) = (Tensor.From(0, 2, 2), Tensor.Arange(6).Reshape(3, 2));
        var (_, gradients) = Gradients.Of(() => indices.Embedding(weight, paddingIndex: 0).Sum(), weight);
        Assert.Equal([0f, 0, 0, 0, 2, 2], gradients[weight].ToArray<float>());
    }

    [Fact]
    public void Gather_and_scatter_reach_any_axis_of_views()
    {
        var x = Tensor.Arange(24).Reshape(2, 3, 4).Transpose(0, 2);   // [4, 3, 2]
        var index = Tensor.From([3L, 0, 1, 2], [2, 2, 1]);
        var y = x.Gather(0, index);
        for (var i = 0; i < 2; i++)
        for (var j = 0; j < 2; j++) Assert.Equal(x[(int)index[i, j, 0].Item(), j, 0].Item(), y[i, j, 0].Item());
        var z = Tensor.Zeros([4, 3, 2]).ScatterAdd(0, index, Tensor.Ones([2, 2, 1]));
        Assert.Equal(4, z.Sum().Item());
        Assert.Equal(1, z[3, 0, 0].Item());
        Assert.Equal(1, z[1, 0, 0].Item());
    }

    [Fact]
    public void An_index_out_of_range_is_an_error_with_its_place()
    {
        var x = Tensor.Zeros([2, 3]);
        Assert.StartsWith("Gather: index 3 at [1, 0]", Assert.Throws<IndexOutOfRangeException>(() => x.Gather(1, Tensor.From([0L, 3], [2, 1]))).Message, StringComparison.Ordinal);
        Assert.Throws<IndexOutOfRangeException>(() => x.IndexSelect(1, Tensor.From(0L, -1L)));
        Assert.Throws<IndexOutOfRangeException>(() => x.ScatterAdd(1, Tensor.From([0L, 3], [2, 1]), Tensor.Ones([2, 1])));
        Assert.Throws<ArgumentException>(() => x.Gather(1, Tensor.From(0L)));
        Assert.Throws<ArgumentException>(() => x.Gather(1, Tensor.Zeros([3, 1], DType.Int64)));
        Assert.Throws<ArgumentException>(() => x.Gather(1, Tensor.Zeros([2, 1])));
    }

    [Fact]
    public void Index_select_takes_slices_in_any_order_and_number()
    {
        var x = Tensor.Arange(6).Reshape(2, 3);
        Assert.Equal([2f, 0, 0, 5, 3, 3], x.IndexSelect(1, Tensor.From(2, 0, 0)).ToArray<float>());
        Assert.Equal([2, 2, 3], x.IndexSelect(0, Tensor.From([0L, 1, 1, 0], [2, 2])).Shape);
        Assert.Equal([3f, 4, 5], x.Transpose().IndexSelect(1, Tensor.From(1L)).ToArray<float>());
    }

    [Fact]
    public void One_hot_marks_the_class()
    {
        Assert.Equal([0f, 1, 0, 0, 0, 0], Tensor.From(1, -100).OneHot(3).ToArray<float>());
    }
}
