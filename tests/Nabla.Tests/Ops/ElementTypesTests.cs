using CsCheck;

namespace Nabla.Tests.Ops;

/// <summary>What each op makes of integers and truths: the whole result, or an error with the remedy; never a fraction cut off without a word.</summary>
public class ElementTypesTests
{
    /// <summary>Long enough for several threads and a rest.</summary>
    const int Many = 100_003;

    public static TheoryData<DType> Integers => [DType.Int32, DType.Int64];

    static long[] Whole(Tensor x) => x.To(DType.Int64).ToArray<long>();

    static long[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => (i * 7919L % 2001) - 1000)];

    [Theory, MemberData(nameof(Integers))]
    public void Arithmetic_of_integers_is_whole(DType dtype)
    {
        var (a, b) = (Numbers(Many), Numbers(Many).Select(v => v == 0 ? 3 : -v).ToArray());
        var (x, y) = (Tensor.From(a).To(dtype), Tensor.From(b).To(dtype));
        void Check(Tensor actual, Func<long, long, long> expected)
        {
            Assert.Equal(dtype, actual.DType);
            Assert.Equal(a.Zip(b, expected), Whole(actual));
        }
        Check(x + y, (p, q) => p + q);
        Check(x - y, (p, q) => p - q);
        Check(x * y, (p, q) => p * q);
        Check(x / y, (p, q) => p / q);
        Check(-x, (p, _) => -p);
        Check(3 + x, (p, _) => 3 + p);
        Check(3 - x, (p, _) => 3 - p);
        Check(3 * x, (p, _) => 3 * p);
        Check(6 / y, (_, q) => 6 / q);
        Check(x / 2, (p, _) => p / 2);
        Check(Tensor.Maximum(x, y), (p, q) => Math.Max(p, q));
        Check(Tensor.Minimum(x, y), (p, q) => Math.Min(p, q));
        Check(x.Abs(), (p, _) => Math.Abs(p));
        Check(x.Sign(), (p, _) => Math.Sign(p));
        Check(x.Square(), (p, _) => p * p);
        Check(x.Floor(), (p, _) => p);
        Check(x.Relu(), (p, _) => Math.Max(p, 0));
        Check(x.Clip(-5, 7), (p, _) => Math.Clamp(p, -5, 7));
        Check(x.Clip(double.NegativeInfinity, 7), (p, _) => Math.Min(p, 7));
        Check(Tensor.Where(x > y, x, y), (p, q) => Math.Max(p, q));
        Check(x.MaskedFill(x < 0, 9), (p, _) => p < 0 ? 9 : p);
    }

    [Theory, MemberData(nameof(Integers))]
    public void Comparisons_of_integers_are_exact(DType dtype)
    {
        var (a, b) = (Numbers(Many), Numbers(Many).Reverse().ToArray());
        var (x, y) = (Tensor.From(a).To(dtype), Tensor.From(b).To(dtype));
        void Check(Tensor actual, Func<long, long, bool> expected) => Assert.Equal(a.Zip(b, expected), actual.ToArray<bool>());
        Check(x < y, (p, q) => p < q);
        Check(x <= y, (p, q) => p <= q);
        Check(x > y, (p, q) => p > q);
        Check(x >= y, (p, q) => p >= q);
        Check(x.EqualTo(y), (p, q) => p == q);
        Check(x < 5, (p, _) => p < 5);
        Check(x <= 5, (p, _) => p <= 5);
        Check(x > 5, (p, _) => p > 5);
        Check(x >= 5, (p, _) => p >= 5);
        Check(x.EqualTo(5), (p, _) => p == 5);
    }

    [Fact]
    public void Large_int64_keep_every_digit()
    {
        var (a, b) = (Tensor.From(long.MaxValue, (1L << 53) + 1), Tensor.From(long.MaxValue - 1, 1L << 53));
        Assert.Equal([1L, 1L], (a - b).ToArray<long>());
        Assert.Equal([true, true], (a > b).ToArray<bool>());
        Assert.Equal(long.MaxValue, a.Max().Item<long>());
        Assert.Equal((1L << 53) + 1, Tensor.From(1L << 53, 1L).Sum().Item<long>());
    }

    [Theory, MemberData(nameof(Integers))]
    public void Folds_of_integers_are_exact(DType dtype) => Gen.Int[-1000, 1000].Array[1, 60].Sample(values =>
    {
        var x = Tensor.From(values).To(dtype);
        Assert.Equal((dtype, values.Sum(), values.Max(), values.Min()), (x.Sum().DType, Whole(x.Sum())[0], Whole(x.Max())[0], Whole(x.Min())[0]));
        Assert.Equal((Array.IndexOf(values, values.Max()), Array.IndexOf(values, values.Min())), (x.ArgMax(0).Item<long>(), x.ArgMin(0).Item<long>()));
        Assert.Equal(values.Order().Select(v => (long)v), Whole(x.Sort().Values));
        Assert.Equal(values.OrderDescending().Select(v => (long)v), Whole(x.Sort(descending: true).Values));
        Assert.Equal(values.Select((_, i) => (long)values.Take(i + 1).Sum()), Whole(x.CumSum(0)));
        var rows = x.Reshape(1, -1).Expand([2, values.Length]);
        Assert.Equal([values.Sum(), values.Sum()], Whole(rows.Sum(1)));
        Assert.Equal(values.Select(v => (long)Math.Max(v, 3)), Whole(Tensor.Concat(0, rows[..1], Tensor.Full([1, values.Length], 3, dtype)).Max([0])));
    }, iter: 100, seed: "0000KOIPe036");

    [Theory, MemberData(nameof(Integers))]
    public void A_fraction_beside_integers_is_refused(DType dtype)
    {
        var x = Tensor.From(1, 2, 3).To(dtype);
        Func<Tensor>[] uses =
        [
            () => x + 0.5, () => 0.5 + x, () => x - 0.5, () => 0.5 - x, () => x * 0.5, () => 0.5 * x, () => x / 0.5, () => 0.5 / x, () => x < 0.5, () => x > 0.5,
            () => x <= 0.5, () => x >= 0.5, () => x.EqualTo(0.5), () => x.EqualTo(double.NaN), () => x * 1e30, () => x.MaskedFill(x > 1, 0.5),
        ];
        Assert.All(uses, use => Assert.Contains($"is no {dtype}, which the tensor [3] holds. Convert the tensor first: x.To(DType.Float32)", Assert.Throws<ArgumentException>(use).Message, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Integers))]
    public void Functions_with_fractions_refuse_integers_with_the_remedy(DType dtype)
    {
        var x = Tensor.From(1, 2, 3, 4).To(dtype);
        Func<Tensor>[] uses =
        [
            x.Sqrt, x.Exp, x.Log, x.Log1p, x.Sin, x.Cos, x.Tanh, x.Erf, x.Sigmoid, () => x.Pow(2), () => Tensor.Pow(x, x), () => x.Clip(0.5, 2), () => x.LeakyRelu(), () => x.Gelu(),
            x.Mean, () => x.Mean(0), () => x.Mean([0]), () => x.Var(0), () => x.Std(0), () => x.Dropout(0.5), () => x.Softmax(), () => x.LayerNorm(),
        ];
        Assert.All(uses, use => Assert.Contains("convert first, x.To(DType.Float32)", Assert.Throws<NotSupportedException>(use).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Division_of_integers_by_zero_is_an_exception()
    {
        var zeros = Tensor.Zeros([Many], DType.Int32);
        Assert.Throws<DivideByZeroException>(() => Tensor.Ones([Many], DType.Int32) / zeros);
        Assert.Throws<DivideByZeroException>(() => zeros.To(DType.Int64) / 0);
        Assert.ThrowsAny<ArithmeticException>(() => Tensor.From(int.MinValue) / -1);
        Assert.Equal(Many, Whole(zeros + 1).Sum());
    }

    [Fact]
    public void Truths_are_moved_and_chosen_but_not_computed_with()
    {
        var x = Tensor.From(true, false, true, false, false, true).Reshape(2, 3);
        Assert.Equal([true, false, false, false, true, true], x.Transpose().Clone().ToArray<bool>());
        Assert.Equal([false, false, true], x[1].ToArray<bool>());
        Assert.Equal([true, true, false, false, true, true], Tensor.Concat(0, x.Transpose()[..1], x.Transpose()[1..]).Gather(1, Tensor.From(0L, 0L, 1L, 1L, 0L, 1L).Reshape(3, 2)).ToArray<bool>());
        Assert.Equal([false, false, true], x.IndexSelect(0, Tensor.From(1L)).ToArray<bool>());
        Assert.Equal([false, true, false, true, false, false, false, true], x.Pad([1], [0]).ToArray<bool>());
        Func<Tensor>[] uses = [() => x + x, () => -x, () => x < 1, x.Sum, () => x.Max(), () => x.ArgMax(0), () => x.Sort().Values, () => x.CumSum(0), x.Mean, x.Exp, () => x.MatMul(x.Transpose())];
        Assert.All(uses, use => Assert.Contains("onvert", Assert.ThrowsAny<NotSupportedException>(use).Message, StringComparison.Ordinal));
        Assert.Equal(3, x.To(DType.Int32).Sum().Item());
    }

    [Theory]
    [InlineData(DType.Int64, DType.Float32, DType.Float32), InlineData(DType.Float32, DType.Float64, DType.Float32), InlineData(DType.Int32, DType.Float64, DType.Float64)]
    [InlineData(DType.Int32, DType.Int64, DType.Int64), InlineData(DType.Float64, DType.Bool, DType.Float64)]
    public void Mixed_types_are_refused_with_the_type_that_loses_nothing(DType first, DType second, DType remedy)
    {
        var (a, b) = (Tensor.Ones([2], first), Tensor.Ones([2], second));
        Assert.EndsWith($"{first}[2] and {second}[2] differ in type. Convert one: x.To(DType.{remedy}).", Assert.Throws<ArgumentException>(() => a + b).Message, StringComparison.Ordinal);
        Assert.EndsWith($"differ in type. Convert: x.To(DType.{remedy}).", Assert.Throws<ArgumentException>(() => Tensor.Concat(0, a, b)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DType.Float32), InlineData(DType.Float64)]
    public void Nan_is_the_extreme_and_sorts_last(DType dtype)
    {
        var x = Tensor.From(2, double.NaN, -1, double.NaN, 0.5).To(dtype);
        Assert.Equal((1L, 1L), (x.ArgMax(0).Item<long>(), x.ArgMin(0).Item<long>()));
        Assert.Equal([-1, 0.5, 2, double.NaN, double.NaN], x.Sort().Values.To(DType.Float64).ToArray<double>());
        Assert.Equal([0, 4, 2, 1, 3], x.Sort(descending: true).Indices.ToArray<long>());
        Assert.Equal((double.NaN, double.NaN), (x.Max().Item(), x.Min().Item()));
    }

    [Fact]
    public void A_single_element_reads_as_a_number_whatever_its_type()
    {
        foreach (var dtype in Enum.GetValues<DType>())
        {
            var one = Tensor.Ones([1, 1], dtype);
            Assert.Equal((1, 1f, 1), (one.Item(), (float)one, (double)one));
        }
        Assert.Contains("has 2 elements, exactly 1 is needed", Assert.Throws<InvalidOperationException>(() => Tensor.Ones([2]).Item()).Message, StringComparison.Ordinal);
        Assert.Contains("holds Float32. Convert it first: x.To(DType.Int32)", Assert.Throws<InvalidOperationException>(() => Tensor.Ones([1]).Item<int>()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DType.Int32, int.MaxValue, int.MinValue), InlineData(DType.Int64, (double)long.MaxValue, (double)long.MinValue)]
    public void Conversion_to_integers_cuts_and_saturates(DType dtype, double most, double least) =>
        Assert.Equal([1, -1, 0, most, least, most, least], Tensor.From(1.9, -1.9, double.NaN, 1e30, -1e30, double.PositiveInfinity, double.NegativeInfinity).To(dtype).To(DType.Float64).ToArray<double>());
}
