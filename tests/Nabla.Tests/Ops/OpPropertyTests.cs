using CsCheck;

namespace Nabla.Tests.Ops;

/// <summary>Random shapes (with zeros, without axes) through random chains of views, each op against a definition computed index by index.</summary>
public class OpPropertyTests
{
    const int Cases = 300;

    /// <summary>A tensor and the same array by definition, after up to four views one upon the other.</summary>
    static readonly Gen<(Tensor Tensor, Naive Naive)> Viewed =
        from dims in Gen.Int[0, 4].Array[0, 4]
        from salt in Gen.Int[0, 1 << 20].Array[4]
        from dtype in Gen.Int[(int)DType.Float32, (int)DType.Int32]
        select Build(dims, salt, (DType)dtype);

    static (Tensor, Naive) Build(int[] dims, int[] salts, DType dtype)
    {
        var count = dims.Aggregate(1, (product, dim) => product * dim);
        var (tensor, at) = (((Tensor.Arange(count, DType.Float64) * 7) - 20).To(dtype).Reshape(Shape.Create(dims)), 0);
        var naive = new Naive(dims, _ => (at++ * 7) - 20);
        foreach (var salt in salts) (tensor, naive) = View(tensor, naive, salt);
        return (tensor, naive);
    }

    static (Tensor, Naive) View(Tensor x, Naive y, int salt)
    {
        var (kind, a, b, c) = (salt % 6, (salt / 6) % 11, (salt / 66) % 13, (salt / 858) % 5);
        if (x.Rank == 0) return kind < 3 ? (x.Unsqueeze(0), y.Reshape([1])) : (x, y);
        var axis = a % x.Rank;
        switch (kind)
        {
            case 0:
                int[] order = [.. Enumerable.Range(0, x.Rank).OrderBy(i => (i * 7 + a) % 5).ThenBy(i => i * b % 3)];
                return (x.Permute(order), y.Permute(order));
            case 1:
                var (start, stop, step) = (b - 6, a - 5, c == 2 ? 1 : c - 2);
                return (x.Slice(axis, start, stop, step), y.Slice(axis, start, stop, step));
            case 2:
                return (x.Flip(axis), y.Slice(axis, y.Dims[axis], -y.Dims[axis] - 1, -1));
            case 3:
                return (x.Reshape(x.Shape.Insert(axis, 1)), y.Reshape([.. y.Dims[..axis], 1, .. y.Dims[axis..]]));
            case 4 when x.Shape[axis] == 1:
                return (x.Expand(x.Shape.With(axis, c)), y.With(new([.. y.Dims.Select((d, i) => i == axis ? c : d)], _ => 0), (p, _) => p)!);
            case 5:
                return (x.Reshape(Shape.Create(checked((int)x.Length))), y.Reshape([checked((int)x.Length)]));
            default:
                return (x, y);
        }
    }

    [Fact]
    public void Views_show_what_index_arithmetic_says() => Viewed.Sample(v =>
    {
        v.Naive.AssertIs(v.Tensor);
        v.Naive.AssertIs(v.Tensor.Clone());
        v.Naive.AssertIs(v.Tensor + 0);
    }, iter: Cases);

    [Fact]
    public void Arithmetic_broadcasts_by_the_rule_or_says_why_not() => Gen.Select(Viewed, Viewed).Sample((a, b) =>
    {
        var right = b.Tensor.To(a.Tensor.DType);
        if (a.Naive.With(b.Naive, (p, q) => p + q) is { } sum)
        {
            sum.AssertIs(a.Tensor + right);
            a.Naive.With(b.Naive, (p, q) => p * q)!.AssertIs(a.Tensor * right);
            a.Naive.With(b.Naive, Math.Max)!.AssertIs(Tensor.Maximum(a.Tensor, right));
            a.Naive.With(b.Naive, (p, q) => p < q ? 1 : 0)!.AssertIs(a.Tensor < right);
            a.Naive.With(b.Naive, (p, q) => p < q ? p : q)!.AssertIs(Tensor.Where(a.Tensor < right, a.Tensor, right));
        }
        else Assert.Contains("do not broadcast", Assert.Throws<ArgumentException>(() => a.Tensor + right).Message, StringComparison.Ordinal);
    }, iter: Cases);

    [Fact]
    public void Folds_of_every_axis_agree_with_their_definition() => Gen.Select(Viewed, Gen.Bool).Sample((v, keep) =>
    {
        var x = v.Tensor;
        for (var axis = 0; axis < x.Rank; axis++)
        {
            v.Naive.Fold(axis, keep, line => line.Sum()).AssertIs(x.Sum(axis, keep));
            if (x.Shape[axis] == 0)
            {
                Assert.Throws<ArgumentException>(() => x.Max(axis));
                Assert.Throws<ArgumentException>(() => x.ArgMin(axis));
                continue;
            }
            v.Naive.Fold(axis, keep, line => line.Max()).AssertIs(x.Max(axis, keep));
            v.Naive.Fold(axis, keep, line => line.Min()).AssertIs(x.Min(axis, keep));
            v.Naive.Fold(axis, keep, line => Array.IndexOf(line, line.Max())).AssertIs(x.ArgMax(axis, keep));
            v.Naive.Fold(axis, keep, line => Array.IndexOf(line, line.Min())).AssertIs(x.ArgMin(axis, keep));
        }
        v.Naive.Reshape([checked((int)x.Length)]).Fold(0, false, line => line.Sum()).AssertIs(x.Sum());
    }, iter: Cases);

    [Fact]
    public void Running_sums_and_orders_agree_with_their_definition() => Viewed.Sample(v =>
    {
        var x = v.Tensor;
        for (var axis = 0; axis < x.Rank; axis++)
        {
            var at = axis;
            new Naive(v.Naive.Dims, i => Line(v.Naive, i, at)[..(i[at] + 1)].Sum()).AssertIs(x.CumSum(axis));
            new Naive(v.Naive.Dims, i => Line(v.Naive, i, at).Order().ElementAt(i[at])).AssertIs(x.Sort(axis).Values);
            new Naive(v.Naive.Dims, i => Line(v.Naive, i, at).OrderDescending().ElementAt(i[at])).AssertIs(x.Sort(axis, descending: true).Values);
            var order = x.ArgSort(axis, descending: true);
            new Naive(v.Naive.Dims, i => Enumerable.Range(0, v.Naive.Dims[at]).OrderByDescending(k => Line(v.Naive, i, at)[k]).ElementAt(i[at])).AssertIs(order);
        }
    }, iter: Cases);

    static double[] Line(Naive x, int[] index, int axis) => [.. Enumerable.Range(0, x.Dims[axis]).Select(k => x[[.. index[..axis], k, .. index[(axis + 1)..]]])];

    [Fact]
    public void Softmax_and_its_kin_agree_with_their_definition() => Viewed.Sample(v =>
    {
        if (!v.Tensor.DType.IsFloat) return;
        // A power of two, so that both scale without rounding.
        var (x, y) = (v.Tensor * 0.0625, v.Naive.Map(value => value * 0.0625));
        var tolerance = x.DType == DType.Float32 ? 2e-6 : 1e-13;
        for (var axis = 0; axis < x.Rank; axis++)
        {
            var at = axis;
            double Exps(int[] i) => Line(y, i, at).Sum(Math.Exp);
            new Naive(y.Dims, i => Math.Exp(y[i]) / Exps(i)).AssertIs(x.Softmax(axis), tolerance);
            new Naive(y.Dims, i => y[i] - Math.Log(Exps(i))).AssertIs(x.LogSoftmax(axis), tolerance);
            y.Fold(axis, true, line => Math.Log(line.Sum(Math.Exp))).AssertIs(x.LogSumExp(axis, keepDims: true), tolerance);
            y.Fold(axis, false, line => line.Sum(value => Math.Pow(value - line.Average(), 2)) / line.Length).AssertIs(x.Var(axis, correction: 0), tolerance);
        }
    }, iter: Cases);

    [Fact]
    public void Products_of_views_agree_with_their_definition() => Gen.Select(Viewed, Viewed).Sample((a, b) =>
    {
        if (a.Tensor.Rank < 1 || b.Tensor.Rank < 2) return;
        var (x, p) = (a.Tensor, a.Naive);
        var n = b.Naive.Dims[^1];
        var right = new Naive([.. b.Naive.Dims[..^2], p.Dims[^1], n], i => b.Naive.Dims[^2] == 0 ? 0 : b.Naive[[.. i[..^2], i[^2] % b.Naive.Dims[^2], i[^1]]]);
        var w = b.Tensor.Shape[^2] == 0 ? Tensor.Zeros(Shape.Create(right.Dims), x.DType)
            : b.Tensor.To(x.DType).IndexSelect(-2, Tensor.From([.. Enumerable.Range(0, p.Dims[^1]).Select(k => (long)(k % b.Tensor.Shape[^2]))]));
        var rows = p.Rank == 1 ? p.Reshape([1, p.Dims[0]]) : p;
        var batchA = new Naive(rows.Dims[..^2], _ => 0);
        if (batchA.With(new Naive(right.Dims[..^2], _ => 0), (_, _) => 0) is not { } batch)
        {
            Assert.Throws<ArgumentException>(() => x.MatMul(w));
            return;
        }
        int[] Fit(int[] i, int[] dims) => [.. dims.Select((dim, axis) => dim == 1 ? 0 : i[i.Length - dims.Length + axis])];
        var expected = new Naive([.. batch.Dims, rows.Dims[^2], n], i => Enumerable.Range(0, p.Dims[^1]).Sum(k =>
            rows[[.. Fit(i[..^2], rows.Dims[..^2]), i[^2], k]] * right[[.. Fit(i[..^2], right.Dims[..^2]), k, i[^1]]]));
        if (p.Rank == 1) expected = expected.Reshape([.. batch.Dims, n]);
        expected.AssertIs(x.MatMul(w));
    }, iter: Cases);

    [Fact]
    public void Joining_padding_and_picking_agree_with_their_definition() => Gen.Select(Viewed, Gen.Int[0, 3], Gen.Int[0, 3]).Sample((v, before, after) =>
    {
        var (x, y) = (v.Tensor, v.Naive);
        for (var axis = 0; axis < x.Rank; axis++)
        {
            var (at, length) = (axis, y.Dims[axis]);
            int[] twice = [.. y.Dims[..axis], 2 * length, .. y.Dims[(axis + 1)..]];
            new Naive(twice, i => y[[.. i[..at], i[at] % length, .. i[(at + 1)..]]]).AssertIs(Tensor.Concat(axis, x, x));
            new Naive([.. y.Dims[..axis], 2, .. y.Dims[axis..]], i => y[[.. i[..at], .. i[(at + 1)..]]] * (1 + i[at])).AssertIs(Tensor.Stack(axis, x, x * 2));
            var (left, right) = (new int[x.Rank - axis], new int[x.Rank - axis]);
            (left[0], right[0]) = (before, after);
            new Naive([.. y.Dims[..axis], length + before + after, .. y.Dims[(axis + 1)..]], i => i[at] < before || i[at] >= before + length ? 3 : y[[.. i[..at], i[at] - before, .. i[(at + 1)..]]])
                .AssertIs(x.Pad(left, right, 3));
            if (length == 0) continue;
            long[] picked = [.. Enumerable.Range(0, 3).Select(k => (long)((k * before) + after) % length)];
            new Naive([.. y.Dims[..axis], 3, .. y.Dims[(axis + 1)..]], i => y[[.. i[..at], (int)picked[i[at]], .. i[(at + 1)..]]]).AssertIs(x.IndexSelect(axis, Tensor.From(picked)));
            var index = new Naive([.. y.Dims[..axis], 2, .. y.Dims[(axis + 1)..]], i => (i.Sum() + before) % length);
            var places = Tensor.From([.. Naive.Indices(index.Dims).Select(i => (long)index[i])], Shape.Create(index.Dims));
            new Naive(index.Dims, i => y[[.. i[..at], (int)index[i], .. i[(at + 1)..]]]).AssertIs(x.Gather(axis, places));
            new Naive(y.Dims, i => y[i] + Enumerable.Range(0, 2).Count(k => (int)index[[.. i[..at], k, .. i[(at + 1)..]]] == i[at])).AssertIs(x.ScatterAdd(axis, places, Tensor.Ones(places.Shape, x.DType)));
        }
    }, iter: Cases);
}
