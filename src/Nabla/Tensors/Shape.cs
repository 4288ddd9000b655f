using System.Collections;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>The lengths of a tensor's axes, outermost first: <c>[2, 3]</c> is two rows of three. A scalar has no axes: <c>[]</c>.</summary>
[CollectionBuilder(typeof(Shape), nameof(Create))]
public readonly struct Shape : IReadOnlyList<int>, IEquatable<Shape>
{
    private readonly int[]? dims;

    private Shape(int[] dims) => this.dims = dims;

    /// <summary>Makes a shape from its dimensions.</summary>
    /// <exception cref="ArgumentException">A dimension is negative, or the number of elements exceeds 2⁶³ − 1.</exception>
    public static Shape Create(params ReadOnlySpan<int> dims)
    {
        var length = 1L;
        foreach (var dim in dims)
        {
            if (dim < 0) throw new ArgumentException($"Shape {Text(dims)}: a dimension must be 0 or more, {dim} is not.");
            if (Math.BigMul(length, (long)dim, out length) != 0 || length < 0) throw new ArgumentException($"Shape {Text(dims)}: more than 2⁶³ − 1 elements.");
        }
        return new Shape(dims.ToArray());
    }

    /// <summary>The shape without axes, that of a single number.</summary>
    public static Shape Scalar => default;

    /// <summary>Number of axes.</summary>
    public int Rank => dims?.Length ?? 0;

    /// <summary>Number of elements: the product of the dimensions, 1 for a scalar.</summary>
    public long Length
    {
        get
        {
            var length = 1L;
            foreach (var dim in Span) length *= dim;
            return length;
        }
    }

    /// <summary>The dimension of an axis; <c>^1</c> is the last.</summary>
    public int this[Index axis] => Span[axis];

    /// <summary>The dimension of an axis; −1 is the last.</summary>
    public int this[int axis] => Span[axis < 0 ? axis + Rank : axis];

    /// <summary>The shape of some of the axes.</summary>
    public Shape this[Range axes] => new(Span[axes].ToArray());

    /// <summary>The dimensions.</summary>
    public ReadOnlySpan<int> Span => dims;

    int IReadOnlyCollection<int>.Count => Rank;

    /// <summary>The dimensions as a new array.</summary>
    public int[] ToArray() => Span.ToArray();

    /// <summary>This axis counted from the front, 0 ≤ axis &lt; rank; −1 means the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such axis.</exception>
    public int Axis(int axis, [CallerMemberName] string op = "")
    {
        var counted = axis < 0 ? axis + Rank : axis;
        return (uint)counted < (uint)Rank ? counted
            : throw new ArgumentOutOfRangeException(nameof(axis), $"{op}: axis {axis} of shape {this}: expected −{Rank} ≤ axis < {Rank}.");
    }

    /// <summary>This shape with one dimension replaced.</summary>
    public Shape With(int axis, int dim)
    {
        var copy = Span.ToArray();
        copy[axis] = dim;
        return Create(copy);
    }

    /// <summary>This shape with an axis put in before <paramref name="axis"/>.</summary>
    public Shape Insert(int axis, int dim) => [.. Span[..axis], dim, .. Span[axis..]];

    /// <summary>This shape with the axes first … last as one.</summary>
    /// <exception cref="NotSupportedException">They have more than 2³¹ − 1 elements together.</exception>
    public Shape Merge(int first, int last) => [.. Span[..first], Dimension(this[first..(last + 1)].Length, "Flatten"), .. Span[(last + 1)..]];

    /// <summary>A number of elements as the length of an axis.</summary>
    /// <exception cref="NotSupportedException">It is beyond 2³¹ − 1.</exception>
    internal static int Dimension(long length, [CallerMemberName] string op = "") => length <= int.MaxValue ? (int)length
        : throw new NotSupportedException($"{op}: an axis of {length} elements. A tensor may have more than 2³¹ − 1, one axis may not: keep the axes apart, or work on slices, x[..n].");

    /// <summary>This shape without one axis.</summary>
    public Shape Remove(int axis) => [.. Span[..axis], .. Span[(axis + 1)..]];

    /// <summary>This shape with the axes in reverse order, as of a transposed matrix.</summary>
    internal Shape Reversed() => [.. Span.ToArray().Reverse()];

    /// <summary>The shape two operands take together: axes are matched from the last; 1 stretches (NumPy's broadcasting).</summary>
    /// <exception cref="ArgumentException">Two dimensions differ and neither is 1.</exception>
    public static Shape Broadcast(Shape a, Shape b, string op)
    {
        if (a == b) return a;
        var result = new int[Math.Max(a.Rank, b.Rank)];
        for (var i = 1; i <= result.Length; i++)
        {
            var (x, y) = (i <= a.Rank ? a.dims![^i] : 1, i <= b.Rank ? b.dims![^i] : 1);
            result[^i] = x == y || y == 1 ? x : x == 1 ? y
                : throw new ArgumentException($"{op}: shapes {a} and {b} do not broadcast: {x} ≠ {y} on axis −{i}. Equal dimensions or 1 are needed; see Reshape and Unsqueeze.");
        }
        return Create(result);
    }

    /// <summary>Row-major strides, in elements.</summary>
    internal long[] RowMajorStrides()
    {
        var strides = new long[Rank];
        var step = 1L;
        for (var i = Rank - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= dims![i];
        }
        return strides;
    }

    /// <inheritdoc/>
    public bool Equals(Shape other) => ReferenceEquals(dims, other.dims) || Span.SequenceEqual(other.Span);
    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Shape other && Equals(other);
    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var dim in Span) hash.Add(dim);
        return hash.ToHashCode();
    }

    /// <summary>Whether all dimensions agree.</summary>
    public static bool operator ==(Shape a, Shape b) => a.Equals(b);
    /// <summary>Whether some dimension differs.</summary>
    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    /// <summary>Enumerates the dimensions.</summary>
    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)(dims ?? [])).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The shape as text: <c>[2, 3]</c>.</summary>
    public override string ToString() => Text(Span);

    private static string Text(ReadOnlySpan<int> dims) => $"[{string.Join(", ", dims.ToArray())}]";
}
