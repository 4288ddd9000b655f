using CsCheck;

namespace Nabla.Tests.Tensors;

public class ShapeTests
{
    [Fact]
    public void A_shape_is_its_dimensions()
    {
        Shape shape = [2, 3, 4];
        Assert.Equal(3, shape.Rank);
        Assert.Equal(24, shape.Length);
        Assert.Equal(4, shape[^1]);
        Assert.Equal(4, shape[-1]);
        Assert.Equal([3, 4], shape[1..].ToArray());
        Assert.Equal([2, 3, 4], shape);
        Assert.Equal("[2, 3, 4]", shape.ToString());
        Assert.Equal(1, Shape.Scalar.Length);
        Assert.Equal("[]", Shape.Scalar.ToString());
        Assert.True(shape == [2, 3, 4] && shape != [2, 3] && shape.Equals((object)Shape.Create(2, 3, 4)));
        Assert.Equal(shape.GetHashCode(), Shape.Create(2, 3, 4).GetHashCode());
    }

    [Fact]
    public void Axes_are_replaced_inserted_merged_and_removed()
    {
        Shape shape = [2, 3, 4];
        Assert.Equal([2, 5, 4], shape.With(1, 5));
        Assert.Equal([2, 1, 3, 4], shape.Insert(1, 1));
        Assert.Equal([2, 12], shape.Merge(1, 2));
        Assert.Equal([2, 4], shape.Remove(1));
    }

    [Fact]
    public void Impossible_shapes_are_refused()
    {
        Assert.Contains("-1", Assert.Throws<ArgumentException>(() => Shape.Create(2, -1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Shape.Create(int.MaxValue, int.MaxValue, int.MaxValue));
        Assert.Contains("axis 3 of shape [2, 3]", Assert.Throws<ArgumentOutOfRangeException>(() => Shape.Create(2, 3).Axis(3)).Message, StringComparison.Ordinal);
    }

    /// <summary>Against the definition, element by element: result[i] sees a[i] or a[0].</summary>
    [Fact]
    public void Broadcasting_is_commutative_and_has_the_larger_dimension_on_each_axis()
    {
        var dims = Gen.Int[1, 3].Array[0, 4];
        Gen.Select(dims, dims).Sample((a, b) =>
        {
            var rank = Math.Max(a.Length, b.Length);
            var expected = new int[rank];
            var fits = true;
            for (var i = 1; i <= rank; i++)
            {
                var (x, y) = (i <= a.Length ? a[^i] : 1, i <= b.Length ? b[^i] : 1);
                fits &= x == y || x == 1 || y == 1;
                expected[^i] = Math.Max(x, y);
            }
            if (fits)
            {
                Assert.Equal(expected, Shape.Broadcast(Shape.Create(a), Shape.Create(b), "Test").ToArray());
                Assert.Equal(expected, Shape.Broadcast(Shape.Create(b), Shape.Create(a), "Test").ToArray());
            }
            else
            {
                Assert.Throws<ArgumentException>(() => Shape.Broadcast(Shape.Create(a), Shape.Create(b), "Test"));
            }
        });
    }
}
