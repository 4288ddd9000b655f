namespace Nabla.Tests.Ops;

public sealed class MatMulTests
{
    static readonly Random Random = new(7);

    static Tensor Numbers(Shape shape, DType dtype = DType.Float32) =>
        Tensor.From<double>([.. Enumerable.Range(0, (int)shape.Length).Select(_ => (double)Random.Next(-9, 10))], shape).To(dtype);

    /// <summary>Small whole numbers, so that every type's result is exact.</summary>
    static void Check(Tensor a, Tensor b)
    {
        var y = a.MatMul(b);
        var batch = y.Shape[..^2];
        var (m, k, n) = (a.Shape[^2], a.Shape[^1], b.Shape[^1]);
        var x = a.Expand([.. batch.Span, m, k]).To(DType.Float64).ToArray<double>();
        var w = b.Expand([.. batch.Span, k, n]).To(DType.Float64).ToArray<double>();
        var expected = new double[y.Length];
        for (var i = 0; i < expected.Length; i++)
        {
            var (matrix, row, column) = (i / (m * n), i / n % m, i % n);
            for (var p = 0; p < k; p++) expected[i] += x[matrix * m * k + row * k + p] * w[matrix * k * n + p * n + column];
        }
        Assert.Equal(a.DType, y.DType);
        Assert.Equal(expected, y.To(DType.Float64).ToArray<double>());
    }

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    [InlineData(DType.Int64)]
    [InlineData(DType.Int32)]
    public void Products_of_every_type_are_exact_on_whole_numbers(DType dtype)
    {
        Check(Numbers([5, 7], dtype), Numbers([7, 3], dtype));
        Check(Numbers([40, 33], dtype), Numbers([600, 33], dtype).Transpose());
        Check(Numbers([33, 40], dtype).Transpose(), Numbers([33, 37], dtype));
        Check(Numbers([3, 1, 5, 7], dtype), Numbers([2, 7, 6], dtype));
        Check(Numbers([2, 3, 5, 7], dtype).Transpose(0, 1), Numbers([3, 2, 7, 6], dtype));
    }

    [Fact]
    public void A_batch_with_one_right_matrix_is_one_product()
    {
        var b = Numbers([7, 6]);
        Check(Numbers([4, 3, 5, 7]), b);
        Check(Numbers([4, 3, 1, 7]), b);
        Check(Numbers([4, 5, 7]).Transpose(0, 1), b);
        Check(Numbers([3, 4, 7]).Transpose(0, 1)[1..3], b);
        Check(Numbers([4, 7, 5]).Transpose(), b);
        Check(Numbers([1, 7]).Expand([3, 5, 7]), b);
    }

    [Fact]
    public void Many_small_products_are_right()
    {
        Check(Numbers([6, 8, 9, 4]), Numbers([6, 8, 4, 5]));
        Check(Numbers([6, 9, 8, 4]).Transpose(1, 2), Numbers([6, 5, 8, 4]).Transpose(1, 2).Transpose());
        Check(Numbers([2000, 2, 3]), Numbers([2000, 3, 2]));
    }

    [Fact]
    public void Empty_products_are_zero_or_empty()
    {
        Check(Numbers([5, 0]), Numbers([0, 3]));
        Check(Numbers([2, 5, 0]), Numbers([2, 0, 3]));
        Check(Numbers([0, 4]), Numbers([4, 3]));
        Check(Numbers([0, 2, 4]), Numbers([4, 3]));
        Check(Numbers([2, 4]), Numbers([4, 0]));
    }

    [Fact]
    public void A_parameter_packed_for_reuse_follows_its_changes()
    {
        var weight = new Parameter([80, 70], (shape, _) => Numbers(shape));
        var x = Numbers([9, 70]);
        for (var change = 0; change < 3; change++)
        {
            for (var use = 0; use < 3; use++)
            {
                Check(x, weight.Value.Transpose());
                Check(x, weight.Value.Transpose()[.., 2..]);
                Check(Numbers([4, 80]), weight.Value);
                Check(Numbers([4, 80]), weight.Value);
            }
            weight.Set(Numbers([80, 70]));
        }
    }

    [Fact]
    public void The_gradients_of_a_batched_product_are_those_of_its_matrices()
    {
        var (a, b) = (Numbers([3, 4, 5]), Numbers([5, 2]));
        var dy = Numbers([3, 4, 2]);
        var (_, gradients) = Gradients.Of(() => (a.MatMul(b) * dy).Sum(), a, b);
        Assert.Equal(dy.MatMul(b.Transpose()).ToArray<float>(), gradients[a].ToArray<float>());
        Assert.Equal(a.Transpose().MatMul(dy).Sum(0).ToArray<float>(), gradients[b].ToArray<float>());
    }

    [Fact]
    public void A_mismatch_names_the_shapes()
    {
        var error = Assert.Throws<ArgumentException>(() => Numbers([2, 9]).MatMul(Numbers([10, 4])));
        Assert.Contains("9 ≠ 10", error.Message, StringComparison.Ordinal);
    }
}
