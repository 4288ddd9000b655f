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

    /// <summary>Panels and blocks of every remainder; queries with a longer and a shorter past than keys.</summary>
    [Theory]
    [InlineData(2, 5, 7, 4, 3, false)]
    [InlineData(2, 40, 33, 16, 16, true)]
    [InlineData(3, 100, 250, 64, 64, true)]
    [InlineData(3, 130, 129, 24, 40, false)]
    [InlineData(1, 1, 300, 64, 64, false)]
    [InlineData(2, 33, 5, 8, 8, true)]
    [InlineData(1, 257, 257, 32, 65, true)]
    [InlineData(10, 420, 20, 8, 8, false)]
    public void The_kernel_is_the_composition_in_double_precision(int batch, int targets, int sources, int width, int depth, bool causal)
    {
        Tensor?[] masks = [null, Random(5, batch, 1, sources) > Tensor.Scalar(-1), Random(5, batch, targets, sources) > Tensor.Scalar(-0.5)];
        // Views as a model has them: heads are columns of one matrix.
        Tensor Head(ulong seed, int rows, int columns) => Random(seed, batch, rows, 2 * columns)[.., .., ..columns];
        var (q, k, v, dy) = (Head(1, targets, width), Head(2, sources, width), Head(3, sources, depth), Random(4, batch, targets, depth));
        var (wideQ, wideK, wideV) = (q.To(DType.Float64), k.To(DType.Float64), v.To(DType.Float64));
        foreach (var mask in masks)
        {
            var (y, gradients) = Gradients.Pullback(() => q.Attention(k, v, mask, causal), dy, q, k, v);
            var (wideY, wide) = Gradients.Pullback(() => wideQ.Attention(wideK, wideV, mask, causal), dy.To(DType.Float64), wideQ, wideK, wideV);
            Reference.AssertClose(wideY.To(DType.Float32), y, tolerance: 3e-6);
            Reference.AssertClose(wide[wideQ].To(DType.Float32), gradients[q], tolerance: 3e-6);
            Reference.AssertClose(wide[wideK].To(DType.Float32), gradients[k], tolerance: 3e-6);
            Reference.AssertClose(wide[wideV].To(DType.Float32), gradients[v], tolerance: 3e-6);
        }
    }

    /// <summary>Biases of every stride, with hidden places, with and without dropout.</summary>
    [Theory]
    [InlineData(2, 40, 33, 16, 16, true)]
    [InlineData(3, 100, 250, 64, 64, false)]
    [InlineData(1, 5, 300, 8, 24, false)]
    [InlineData(2, 130, 131, 24, 40, true)]
    public void The_kernel_with_biases_and_dropout_is_the_composition_in_double_precision(int batch, int targets, int sources, int width, int depth, bool causal)
    {
        Tensor[] biases =
        [
            Random(5, batch, targets, sources), Random(6, targets, 1), Random(7, batch, 1, sources), Random(8, sources, targets).Transpose(),
            Tensor.Where(Random(9, targets, sources) > Tensor.Scalar(-0.5), Random(10, targets, sources), Tensor.Scalar(double.NegativeInfinity)),
        ];
        var (q, k, v, dy) = (Random(1, batch, targets, width), Random(2, batch, sources, width), Random(3, batch, sources, depth), Random(4, batch, targets, depth));
        Tensor Wide(Tensor x) => x.To(DType.Float64);
        foreach (var (bias, dropout) in biases.Zip([0.0, 0.3, 0.1, 0.5, 0.2]))
        {
            var (wideQ, wideK, wideV, wideBias) = (Wide(q), Wide(k), Wide(v), Wide(bias));
            var (y, gradients) = Gradients.Pullback(() => q.Attention(k, v, bias, causal, dropout: dropout, generator: new Generator(3)), dy, q, k, v, bias);
            var (wideY, wide) = Gradients.Pullback(() => wideQ.Attention(wideK, wideV, wideBias, causal, dropout: dropout, generator: new Generator(3)), Wide(dy), wideQ, wideK, wideV, wideBias);
            Reference.AssertClose(wideY.To(DType.Float32), y, tolerance: 5e-6);
            foreach (var (narrow, exact) in new[] { (q, wideQ), (k, wideK), (v, wideV), (bias, wideBias) }) Reference.AssertClose(wide[exact].To(DType.Float32), gradients[narrow], tolerance: 5e-6);
        }
    }

    [Fact]
    public void A_mask_that_hides_is_minus_infinity_that_is_added()
    {
        var (q, k, v) = (Random(1, 2, 40, 8), Random(2, 2, 70, 8), Random(3, 2, 70, 8));
        var mask = Random(4, 40, 70) > Tensor.Scalar(0);
        var added = Tensor.Where(mask, Tensor.Scalar(0), Tensor.Scalar(double.NegativeInfinity));
        Assert.Equal(q.Attention(k, v, mask).ToArray<float>(), q.Attention(k, v, added).ToArray<float>());
    }

    [Fact]
    public void Dropout_drops_its_share_of_weights_keeps_their_mean_and_follows_the_seed()
    {
        var (q, k, eye) = (Tensor.Zeros([2, 300, 4]), Tensor.Zeros([2, 400, 4]), Tensor.Arange(400).EqualTo(Tensor.Arange(400).Unsqueeze(1)).To(DType.Float32));
        // With values that are the unit vectors, the output is the weights: 1/400 each before dropout.
        Tensor Weights(ulong seed) => q.Attention(k, eye.Expand([2, 400, 400]), dropout: 0.3, generator: new Generator(seed)) * 400;
        var weights = Weights(1);
        var kept = weights.ToArray<float>().Count(w => w > 0) / (double)weights.Length;
        Assert.Equal(0.7, kept, 0.005);                                                     // 240,000 draws: five deviations are 0.0047
        Assert.All(weights.ToArray<float>(), w => Assert.True(w == 0 || Math.Abs(w - (1 / 0.7)) < 1e-4));
        Assert.Equal(weights.ToArray<float>(), Weights(1).ToArray<float>());
        Assert.NotEqual(weights.ToArray<float>(), Weights(2).ToArray<float>());
        Assert.NotEqual(weights[0].ToArray<float>(), weights[1].ToArray<float>());
        Assert.NotEqual(weights[0, 0].ToArray<float>(), weights[0, 1].ToArray<float>());
    }

    [Fact]
    public void Dropout_of_two_calls_differs_and_that_of_a_scope_is_repeated()
    {
        var q = Random(1, 9, 4);
        using var scope = new Generator(4).AsDefault();
        Assert.NotEqual(q.Attention(q, q, dropout: 0.5).ToArray<float>(), q.Attention(q, q, dropout: 0.5).ToArray<float>());
    }

    [Fact]
    public void Only_the_gradients_that_are_wanted_are_computed()
    {
        var (q, k, v, dy) = (Random(1, 2, 9, 4), Random(2, 2, 9, 4), Random(3, 2, 9, 4), Random(4, 2, 9, 4));
        var (_, all) = Gradients.Pullback(() => q.Attention(k, v), dy, q, k, v);
        foreach (var source in new[] { q, k, v })
            Assert.Equal(all[source].ToArray<float>(), Gradients.Pullback(() => q.Attention(k, v), dy, source).Gradients[source].ToArray<float>());
    }

    [Fact]
    public void Keys_and_values_of_one_head_serve_all_queries()
    {
        var (q, k, v, dy) = (Random(1, 2, 3, 9, 4), Random(2, 2, 1, 9, 4), Random(3, 2, 1, 9, 4), Random(4, 2, 3, 9, 4));
        var (y, shared) = Gradients.Pullback(() => q.Attention(k, v), dy, k);
        var copies = k.Expand([2, 3, 9, 4]).Contiguous();
        var (same, apart) = Gradients.Pullback(() => q.Attention(copies, v.Expand([2, 3, 9, 4])), dy, copies);
        Assert.Equal(same.ToArray<float>(), y.ToArray<float>());
        Reference.AssertClose(apart[copies].Sum(1, keepDims: true), shared[k], tolerance: 1e-6);
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

    /// <summary>Widths below, at and beyond a register, steps beyond one, rows that change places.</summary>
    [Theory]
    [InlineData(1, 5, 1, 3)]
    [InlineData(7, 23, 4, 16)]
    [InlineData(5, 40, 2, 37)]
    [InlineData(160, 3, 8, 32)]
    public void Attention_to_steps_is_the_composition_in_double_precision(int rows, int steps, int heads, int width)
    {
        Tensor[] Inputs(ulong seed) => [.. Enumerable.Range(0, steps).Select(s => Random(seed + (ulong)s, rows + (s % 3), heads * width))];
        Tensor[] inputs = [Random(1, rows, heads * width), .. Inputs(100), .. Inputs(200)];
        var op = new Nabla.Ops.StepAttention([.. Enumerable.Range(0, rows * steps).Select(i => i * 7 % rows)], heads, 1 / Math.Sqrt(width));
        Reference.AssertClose(op.Apply([.. inputs.Select(x => x.To(DType.Float64))]).To(DType.Float32), op.Apply(inputs), tolerance: 3e-6);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        static string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
        var (q, k, v) = (Random(1, 3, 4), Random(2, 5, 4), Random(3, 5, 2));
        Assert.Contains("widths 4 ≠ 6", Refused(() => q.Attention(Random(2, 5, 6), v)), StringComparison.Ordinal);
        Assert.Contains("5 ≠ 6 sources", Refused(() => q.Attention(k, Random(2, 6, 2))), StringComparison.Ordinal);
        Assert.Contains("Bool is needed", Refused(() => q.Attention(k, v, Tensor.Ones([3, 5], DType.Int64))), StringComparison.Ordinal);
        Assert.Contains("mask [3, 4] does not broadcast to the scores [3, 5]", Refused(() => q.Attention(k, v, Tensor.Ones([3, 4]))), StringComparison.Ordinal);
        Assert.Contains("mask [2, 3, 5] does not", Refused(() => q.AttentionWeights(k, Tensor.Ones([2, 3, 5]))), StringComparison.Ordinal);
        Assert.Contains("dropout < 1", Refused(() => q.Attention(k, v, dropout: 1)), StringComparison.Ordinal);
        Assert.Contains("[4, 3, 5]", Refused(() => q.Attention(k, v, Tensor.Ones([4, 3, 5], DType.Bool))), StringComparison.Ordinal);
        Assert.Contains("two axes", Refused(() => Tensor.Scalar(1).Attention(k, v)), StringComparison.Ordinal);
    }
}
