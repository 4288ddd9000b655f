namespace Nabla.Tests.Tensors;

/// <summary>Against what NumPy 2 prints with precision=4.</summary>
public class PrintingTests
{
    static void Prints(string expected, Tensor x) => Assert.Equal(expected.ReplaceLineEndings("\n"), x.ToString());

    [Fact]
    public void Columns_are_aligned_at_the_point() => Prints(
        """
        [[ 1.     -2.5   ]
         [ 0.3333 10.    ]]
        """, Tensor.From(new[,] { { 1, -2.5f }, { 1 / 3f, 10 } }));

    [Fact]
    public void Sizes_that_differ_too_much_have_exponents()
    {
        Prints("[1.0e-05 1.0e+00 2.5e+00]", Tensor.From(1e-5, 1.0, 2.5));
        Prints("[1.e+08 1.e+08]", Tensor.From(1e8, 1e8));
        Prints("[-1.2346e-09]", Tensor.From(-1.23456e-9));
    }

    [Fact]
    public void Nan_and_infinities_have_names() => Prints("[   nan    inf   -inf 0.1235]", Tensor.From(float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0.12345678f));

    [Fact]
    public void Integers_truths_and_scalars_are_plain()
    {
        Prints("[[  1 -20]\n [300   4]]", Tensor.From([1, -20, 300, 4], [2, 2]));
        Prints("[9223372036854775807]", Tensor.From(long.MaxValue));
        Prints("[ True False]", Tensor.From(true, false));
        Prints("3.5", Tensor.Scalar(3.5));
        Prints("7", Tensor.Scalar(7, DType.Int32));
        Prints("0.", Tensor.Scalar(0));
    }

    [Fact]
    public void Nothing_is_empty_brackets()
    {
        Prints("[]", Tensor.Zeros([0]));
        Prints("[] of shape [2, 0, 3]", Tensor.Zeros([2, 0, 3]));
    }

    [Fact]
    public void Blocks_are_apart_and_views_print_what_they_show() => Prints(
        """
        [[[0 2]
          [1 3]]

         [[4 6]
          [5 7]]]
        """, Tensor.Arange(8, DType.Int64).Reshape(2, 2, 2).Transpose());

    [Fact]
    public void Large_tensors_show_their_ends()
    {
        Prints("[0.000e+00 1.000e+00 2.000e+00 ... 1.998e+03 1.999e+03 2.000e+03]", Tensor.Arange(2001));
        Prints("[1000. 1001. 1002. ... 2998. 2999. 3000.]", Tensor.Arange(1000, 3001));
        Prints(
            """
            [[   0    1    2 ...   97   98   99]
             [ 100  101  102 ...  197  198  199]
             [ 200  201  202 ...  297  298  299]
             ...
             [9700 9701 9702 ... 9797 9798 9799]
             [9800 9801 9802 ... 9897 9898 9899]
             [9900 9901 9902 ... 9997 9998 9999]]
            """, Tensor.Arange(10000, DType.Int64).Reshape(100, 100));
    }

    [Fact]
    public void Long_rows_are_wrapped()
    {
        var lines = Tensor.Arange(100, DType.Int64).ToString().Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 75));
        Assert.Equal("[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23", lines[0]);
        Assert.StartsWith(" 24 25", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Precision_threshold_and_edge_can_be_chosen()
    {
        Assert.Equal("[0.12 1.  ]", Tensor.From(0.12345f, 1).ToString(2));
        Assert.Equal("[0. 1.]", Tensor.From(0.12345f, 1).ToString(0));
        Assert.Equal("[0 ... 9]", Tensor.Arange(10, DType.Int32).ToString(4, threshold: 5, edge: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Scalar(1).ToString(-1));
    }
}
