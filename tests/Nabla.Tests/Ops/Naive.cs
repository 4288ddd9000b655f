namespace Nabla.Tests.Ops;

/// <summary>An array by the definition: a shape and a number for every index, computed one by one. The oracle of the property tests.</summary>
sealed class Naive
{
    readonly int[] dims;
    readonly double[] values;

    public Naive(int[] dims, Func<int[], double> at)
    {
        this.dims = dims;
        values = [.. Indices(dims).Select(at)];
    }

    public int[] Dims => dims;

    public int Rank => dims.Length;

    public double this[params int[] index] => values[Enumerable.Range(0, Rank).Aggregate(0, (offset, axis) => (offset * dims[axis]) + index[axis])];

    /// <summary>Every index of a shape in row-major order.</summary>
    public static IEnumerable<int[]> Indices(int[] dims) => dims.Length == 0 ? [[]]
        : Enumerable.Range(0, dims[0]).SelectMany(first => Indices(dims[1..]).Select(rest => (int[])[first, .. rest]));

    public Naive Map(Func<double, double> f) => new(dims, i => f(this[i]));

    /// <summary>NumPy's rule, index by index; null if the shapes do not broadcast.</summary>
    public Naive? With(Naive other, Func<double, double, double> f)
    {
        var rank = Math.Max(Rank, other.Rank);
        var result = new int[rank];
        for (var i = 1; i <= rank; i++)
        {
            var (a, b) = (i <= Rank ? dims[^i] : 1, i <= other.Rank ? other.dims[^i] : 1);
            if (a != b && a != 1 && b != 1) return null;
            result[^i] = a == 1 ? b : a;
        }
        return new(result, i => f(Stretched(i), other.Stretched(i)));
    }

    double Stretched(int[] index) => this[[.. dims.Select((dim, axis) => dim == 1 ? 0 : index[index.Length - Rank + axis])]];

    /// <summary>One number for each line of an axis.</summary>
    public Naive Fold(int axis, bool keep, Func<double[], double> f)
    {
        int[] result = keep ? [.. dims[..axis], 1, .. dims[(axis + 1)..]] : [.. dims[..axis], .. dims[(axis + 1)..]];
        return new(result, i => f([.. Enumerable.Range(0, dims[axis]).Select(k => this[[.. i[..axis], k, .. i[(axis + (keep ? 1 : 0))..]]])]));
    }

    public Naive Permute(int[] order) => new([.. order.Select(axis => dims[axis])], i =>
    {
        var index = new int[Rank];
        for (var k = 0; k < Rank; k++) index[order[k]] = i[k];
        return this[index];
    });

    /// <summary>What Python's x[.., start:stop:step, ..] picks.</summary>
    public Naive Slice(int axis, int start, int stop, int step)
    {
        var picked = new List<int>();
        var dim = dims[axis];
        var from = start < 0 ? start + dim : start;
        var to = stop < 0 ? stop + dim : stop;
        if (step > 0) for (var k = Math.Max(from, 0); k < Math.Min(to, dim); k += step) picked.Add(k);
        else for (var k = Math.Min(from, dim - 1); k > Math.Max(to, -1); k += step) picked.Add(k);
        return new([.. dims[..axis], picked.Count, .. dims[(axis + 1)..]], i => this[[.. i[..axis], picked[i[axis]], .. i[(axis + 1)..]]]);
    }

    public Naive Reshape(int[] to)
    {
        var at = 0;
        return new(to, _ => values[at++]);
    }

    public void AssertIs(Tensor x, double tolerance = 0)
    {
        Assert.Equal(dims, x.Shape.ToArray());
        var found = x.To(DType.Float64).ToArray<double>();
        Assert.Equal(values.Length, found.Length);
        for (var i = 0; i < values.Length; i++)
            Assert.True(values[i].Equals(found[i]) || Math.Abs(values[i] - found[i]) <= tolerance * Math.Max(1, Math.Abs(values[i])), $"element {i} of {x.Shape}: {found[i]}, expected {values[i]}");
    }
}
