namespace Nabla.Tests.Ops;

public class AttentionTests
{
    static Tensor Random(ulong seed, params int[] dims) => Tensor.Normal(Shape.Create(dims), generator: new Generator(seed));

    [Fact]
    public void A_target_that_may_attend_to_nothing_gets_zeros_and_finite_gradients()
    {
        var (q, k, v) = (Random(1, 3, 4), Random(2, 3, 4), Random(3, 3, 2));
        var mask = Tensor.From([true, true, false, false, false, false, true, false, false], [3, 3]);
        var (y, gradients) = Gradients.Pullback(() => q.Attention(k, v, mask), Tensor.Ones([3, 2]), q, k, v);
        Assert.Equal([0f, 0], y[1].ToArray<float>());
        Assert.Equal(v[0].ToArray<float>(), y[2].ToArray<float>());
        foreach (var (_, gradient) in gradients) Assert.All(gradient.ToArray<float>(), g => Assert.True(float.IsFinite(g)));
        Assert.Equal([0f, 0, 0, 0], gradients[q][1].ToArray<float>());
    }

    [Fact]
    public void Causal_is_the_mask_of_the_lower_triangle_and_with_a_longer_past_its_last_rows()
    {
        var (q, k, v) = (Random(1, 2, 5, 4), Random(2, 2, 5, 4), Random(3, 2, 5, 3));
        var triangle = Tensor.Arange(5) <= Tensor.Arange(5).Unsqueeze(1);
        var whole = q.Attention(k, v, causal: true);
        Reference.AssertClose(q.Attention(k, v, triangle), whole, tolerance: 1e-6);
        Reference.AssertClose(whole[.., ^2..], q[.., ^2..].Attention(k, v, causal: true), tolerance: 1e-6);
    }

    [Fact]
    public void Huge_scores_are_no_danger()
    {
        var q = Tensor.Full([2, 4], 1e15);
        Assert.Equal([1f, 1], q.Attention(q, Tensor.Ones([2, 1])).ToArray<float>());
        Assert.Equal([1f, 1], q.Attention(q, Tensor.Ones([2, 1]), causal: true).ToArray<float>());
    }

    [Fact]
    public void No_sources_give_zeros() => Assert.Equal([0f, 0, 0, 0], Random(1, 2, 4).Attention(Tensor.Zeros([0, 4]), Tensor.Zeros([0, 2]), causal: true).ToArray<float>());

    [Fact]
    public void What_does_not_fit_is_named()
    {
        static string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
        var (q, k, v) = (Random(1, 3, 4), Random(2, 5, 4), Random(3, 5, 2));
        Assert.Contains("widths 4 ≠ 6", Refused(() => q.Attention(Random(2, 5, 6), v)), StringComparison.Ordinal);
        Assert.Contains("5 ≠ 6 sources", Refused(() => q.Attention(k, Random(2, 6, 2))), StringComparison.Ordinal);
        Assert.Contains("Bool is needed", Refused(() => q.Attention(k, v, Tensor.Ones([3, 5]))), StringComparison.Ordinal);
        Assert.Contains("[4, 3, 5]", Refused(() => q.Attention(k, v, Tensor.Ones([4, 3, 5], DType.Bool))), StringComparison.Ordinal);
        Assert.Contains("two axes", Refused(() => Tensor.Scalar(1).Attention(k, v)), StringComparison.Ordinal);
    }
}
