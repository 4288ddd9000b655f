namespace Nabla.Tests.Ops;

public class JoiningTests
{
    static string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

    [Fact]
    public void Parts_that_do_not_fit_are_named()
    {
        var x = Tensor.Zeros([2, 3]);
        Assert.Contains("[2, 4] does not continue [2, 3]", Refused(() => Tensor.Concat(0, x, Tensor.Zeros([2, 4]))), StringComparison.Ordinal);
        Assert.Contains("differ in type", Refused(() => Tensor.Concat(0, x, x.To(DType.Int64))), StringComparison.Ordinal);
        Assert.Contains("at least one", Refused(() => Tensor.Concat(0)), StringComparison.Ordinal);
        Assert.Contains("must be equal", Refused(() => Tensor.Stack(0, x, Tensor.Zeros([3, 2]))), StringComparison.Ordinal);
        Assert.Contains("do not add up to axis 1 of [2, 3]", Refused(() => x.Split(1, 1, 1)), StringComparison.Ordinal);
        Assert.Contains("do not add up", Refused(() => x.Split(1, 4, -1)), StringComparison.Ordinal);
        Assert.Contains("does not divide into 2", Refused(() => x.Chunk(1, 2)), StringComparison.Ordinal);
        Assert.Contains("none negative", Refused(() => x.Pad([-1], [0])), StringComparison.Ordinal);
        Assert.Contains("as of the other", Refused(() => x.Pad([1], [0, 1])), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => x.TopK(4));
    }

    [Fact]
    public void One_part_is_itself_and_no_padding_changes_nothing()
    {
        var x = Tensor.Arange(6).Reshape(2, 3);
        Assert.Same(x, Tensor.Concat(1, x));
        Assert.Same(x, x.Pad([0, 0], [0, 0]));
        Assert.Equal([2, 1, 3], Tensor.Stack(1, x).Shape);
        Assert.Equal([0f, 3], x.Chunk(1, 3)[0].ToArray<float>());
    }

    [Fact]
    public void Orders_put_nan_last_and_keep_equal_elements_in_place()
    {
        var x = Tensor.From(2f, float.NaN, 1, 2, -1);
        Assert.Equal([4L, 2, 0, 3, 1], x.ArgSort().ToArray<long>());
        Assert.Equal([0L, 3, 2, 4, 1], x.ArgSort(descending: true).ToArray<long>());
        Assert.Equal(1, x.ArgMax(0).Item());
        Assert.Equal(1, x.ArgMin(0, keepDims: true)[0].Item());
        Assert.Equal([-1f, 1], x.TopK(2, largest: false).Values.ToArray<float>());
    }

    [Fact]
    public void Too_few_elements_for_a_variance_give_nan()
    {
        Assert.True(double.IsNaN(Tensor.Ones([1]).Var(0).Item()));
        Assert.Equal(0, Tensor.Ones([1]).Var(0, correction: 0).Item());
        var x = Tensor.Ones([3]);
        Assert.All(Gradients.Of(() => x.Std(0), x).Gradients[x].ToArray<float>(), g => Assert.Equal(0, g));
    }

    [Fact]
    public void Bools_are_refused_where_numbers_are_needed()
    {
        var truths = Tensor.From(true, false);
        Assert.Contains("To(DType", Assert.Throws<NotSupportedException>(() => truths.CumSum(0)).Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => truths.ArgMax(0));
        Assert.Throws<NotSupportedException>(() => truths.Sum());
        Assert.Equal([true, false, true, false], Tensor.Concat(0, truths, truths).ToArray<bool>());
    }
}
