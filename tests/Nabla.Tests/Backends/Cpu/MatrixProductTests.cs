using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Tests.Backends.Cpu;

/// <summary>Every register path that this processor has, against a float64 triple loop.</summary>
[Collection(nameof(ThreadTeam))]
public sealed unsafe class MatrixProductTests
{
    public enum Path { Vector512, Vector256, Vector128, Scalar }
    public enum Layout { Rows, Columns, Padded, Scattered, Repeated }

    public static TheoryData<Path> Paths
    {
        get
        {
            var paths = new TheoryData<Path> { Path.Scalar };
            if (Register512.IsSupported) paths.Add(Path.Vector512);
            if (Register256.IsSupported) paths.Add(Path.Vector256);
            if (Register128.IsSupported) paths.Add(Path.Vector128);
            return paths;
        }
    }

    [Theory, MemberData(nameof(Paths))]
    public void Products_of_random_shapes_and_layouts_are_right(Path path)
    {
        var random = new Random(1);
        for (var trial = 0; trial < 150; trial++)
        {
            var (rows, columns, depth) = (random.Next(1, 90), random.Next(1, 120), random.Next(0, 70));
            Check(new Case(path, rows, columns, depth, random)
            {
                A = (Layout)random.Next(5), B = (Layout)random.Next(5), CSurplus = random.Next(3), Start = random.Next(3),
                Packed = random.Next(2) == 0,
            });
        }
    }

    [Theory, MemberData(nameof(Paths))]
    public void Every_remainder_of_rows_and_columns_is_right(Path path)
    {
        var random = new Random(2);
        for (var rows = 1; rows <= 33; rows++)
        {
            foreach (var columns in (int[])[rows, 65 - rows]) Check(new Case(path, rows, columns, 17, random) { B = (Layout)(rows % 2) });
        }
    }

    [Theory, MemberData(nameof(Paths))]
    public void Products_of_several_blocks_are_right(Path path)
    {
        var random = new Random(3);
        Check(new Case(path, 270, 1100, 5, random) { B = Layout.Columns, Start = 1 });
        foreach (var start in (int[])[0, 1, 2]) Check(new Case(path, 283, 37, 1601, random) { B = Layout.Columns, Start = start, Packed = start == 1 });
    }

    [Theory, MemberData(nameof(Paths))]
    public void The_number_of_threads_does_not_change_a_bit(Path path)
    {
        var random = new Random(4);
        foreach (var (rows, columns, depth) in ((int, int, int)[])[(67, 131, 65), (300, 40, 800), (7, 500, 90), (500, 7, 90)])
        {
            foreach (var packed in (bool[])[false, true])
            {
                var trial = new Case(path, rows, columns, depth, random) { Packed = packed, Start = 1 };
                var one = Run(trial, 1);
                Assert.Equal(one, Run(trial, 2));
                Assert.Equal(one, Run(trial, 5));
            }
        }
    }

    [Fact]
    public void The_path_that_is_chosen_is_right()
    {
        var random = new Random(5);
        var (rows, columns, depth) = (50, 70, 33);
        var a = Floats(random, rows * depth);
        var b = Floats(random, depth * columns);
        var c = new float[rows * columns];
        fixed (float* pa = a, pb = b, pc = c)
        {
            var product = new Product<float> { Rows = rows, Columns = columns, Depth = depth, A = pa, ARow = depth, AColumn = 1, B = pb, BRow = columns, BColumn = 1, C = pc, CRow = columns };
            MatrixProduct.Multiply(product);
            var fresh = c.ToArray();
            var packed = MatrixProduct.Pack(pb, columns, 1, depth, columns);
            Array.Clear(c);
            MatrixProduct.Multiply(product, packed);
            Assert.Equal(fresh, c);
        }
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var expected = Enumerable.Range(0, depth).Sum(p => (double)a[i * depth + p] * b[p * columns + j]);
                Assert.Equal(expected, c[i * columns + j], 1e-4);
            }
        }
    }

    /// <summary>A product to try. Start: 0 from zero, 1 from a bias, 2 accumulates.</summary>
    sealed record Case(Path Path, int Rows, int Columns, int Depth, Random Random)
    {
        public Layout A, B;
        public int CSurplus, Start;
        public bool Packed;
        public readonly int Seed = Random.Next();
    }

    /// <summary>An operand in some layout: its values in memory, and its strides.</summary>
    static (float[] Values, nint Row, nint Column) Operand(Random random, Layout layout, int rows, int columns)
    {
        var (row, column) = layout switch
        {
            Layout.Rows => (columns, 1),
            Layout.Columns => (1, rows),
            Layout.Padded => (columns + 3, 1),
            Layout.Scattered => (2 * columns + 1, 2),
            _ => (0, 1),
        };
        return (Floats(random, Math.Max(0, rows - 1) * row + Math.Max(0, columns - 1) * column + 1), row, column);
    }

    static float[] Floats(Random random, int length)
    {
        var values = new float[length];
        for (var i = 0; i < length; i++) values[i] = random.NextSingle() * 2 - 1;
        return values;
    }

    static void Check(Case trial)
    {
        var random = new Random(trial.Seed);
        var (a, aRow, aColumn) = Operand(random, trial.A, trial.Rows, trial.Depth);
        var (b, bRow, bColumn) = Operand(random, trial.B, trial.Depth, trial.Columns);
        var bias = Floats(random, trial.Columns);
        var cRow = trial.Columns + trial.CSurplus;
        var before = Floats(random, trial.Rows * cRow);
        var actual = Run(trial, 2);
        for (var i = 0; i < trial.Rows; i++)
        {
            for (var j = 0; j < cRow; j++)
            {
                if (j >= trial.Columns)
                {
                    Assert.Equal(before[i * cRow + j], actual[i * cRow + j]);
                    continue;
                }
                var expected = trial.Start switch { 0 => 0.0, 1 => bias[j], _ => before[i * cRow + j] };
                for (var p = 0; p < trial.Depth; p++) expected += (double)a[i * aRow + p * aColumn] * b[p * bRow + j * bColumn];
                var error = Math.Abs(expected - actual[i * cRow + j]);
                Assert.True(error <= 1e-6 * (trial.Depth + 4), $"{trial} at [{i}, {j}]: {actual[i * cRow + j]}, not {expected}");
            }
        }
    }

    static float[] Run(Case trial, int threads)
    {
        var random = new Random(trial.Seed);
        var (a, aRow, aColumn) = Operand(random, trial.A, trial.Rows, trial.Depth);
        var (b, bRow, bColumn) = Operand(random, trial.B, trial.Depth, trial.Columns);
        var bias = Floats(random, trial.Columns);
        var cRow = trial.Columns + trial.CSurplus;
        var c = Floats(random, trial.Rows * cRow);
        var before = ThreadTeam.Threads;
        ThreadTeam.Threads = threads;
        try
        {
            fixed (float* pa = a, pb = b, pc = c, pBias = bias)
            {
                var product = new Product<float>
                {
                    Rows = trial.Rows, Columns = trial.Columns, Depth = trial.Depth, A = pa, ARow = aRow, AColumn = aColumn,
                    B = pb, BRow = bRow, BColumn = bColumn, C = pc, CRow = cRow, Bias = trial.Start == 1 ? pBias : null, Accumulate = trial.Start == 2,
                };
                Run(trial, product);
            }
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
        return c;
    }

    static void Run(Case trial, in Product<float> product)
    {
        switch (trial.Path)
        {
            case Path.Vector512: Run<Register512, Vector512<float>>(trial, product); break;
            case Path.Vector256: Run<Register256, Vector256<float>>(trial, product); break;
            case Path.Vector128: Run<Register128, Vector128<float>>(trial, product); break;
            default: Run<Register1, float>(trial, product); break;
        }
    }

    static void Run<R, V>(Case trial, Product<float> product)
        where R : struct, IProductRegister<V> where V : struct
    {
        PackedMatrix? packed = null;
        if (trial.Packed)
        {
            packed = ProductEngine<R, V>.Pack(product.B, product.BRow, product.BColumn, product.Depth, product.Columns);
            product.B = null;
        }
        ProductEngine<R, V>.Multiply(product, packed);
    }
}
