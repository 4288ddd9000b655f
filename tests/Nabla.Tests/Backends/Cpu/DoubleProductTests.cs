using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Tests.Backends.Cpu;

/// <summary>Every register path that this processor has, on whole numbers, whose sums are exact in any order.</summary>
[Collection(nameof(ThreadTeam))]
public sealed unsafe class DoubleProductTests
{
    public enum Path { Vector512, Vector256, Vector128, Scalar }

    public static TheoryData<Path> Paths
    {
        get
        {
            var paths = new TheoryData<Path> { Path.Scalar };
            if (Double512.IsSupported) paths.Add(Path.Vector512);
            if (Double256.IsSupported) paths.Add(Path.Vector256);
            if (Double128.IsSupported) paths.Add(Path.Vector128);
            return paths;
        }
    }

    [Theory, MemberData(nameof(Paths))]
    public void Products_of_random_shapes_and_strides_are_exact(Path path)
    {
        var random = new Random(1);
        for (var trial = 0; trial < 200; trial++) Check(path, random.Next(1, 40), random.Next(1, 70), random.Next(0, 50), random);
    }

    [Theory, MemberData(nameof(Paths))]
    public void Products_of_several_blocks_are_exact(Path path)
    {
        var random = new Random(2);
        foreach (var (rows, columns, depth) in ((int, int, int)[])[(97, 481, 193), (3, 1000, 200), (200, 3, 400), (193, 25, 1)]) Check(path, rows, columns, depth, random);
    }

    [Theory, MemberData(nameof(Paths))]
    public void The_number_of_threads_does_not_change_a_bit(Path path)
    {
        var random = new Random(3);
        foreach (var (rows, columns, depth) in ((int, int, int)[])[(67, 131, 65), (300, 40, 400), (7, 500, 90), (500, 7, 90)])
        {
            var (a, b) = (Numbers(rows * depth), Numbers(depth * columns));
            var one = Run(path, new(rows, columns, depth), a, (depth, 1), b, (columns, 1), columns, threads: 1);
            Assert.Equal(one, Run(path, new(rows, columns, depth), a, (depth, 1), b, (columns, 1), columns, threads: 2));
            Assert.Equal(one, Run(path, new(rows, columns, depth), a, (depth, 1), b, (columns, 1), columns, threads: 5));
        }

        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];
    }

    readonly record struct Size(int Rows, int Columns, int Depth);

    static void Check(Path path, int rows, int columns, int depth, Random random)
    {
        var (a, aStrides) = Operand(rows, depth, random);
        var (b, bStrides) = Operand(depth, columns, random);
        var cRow = columns + random.Next(3);
        var found = Run(path, new(rows, columns, depth), a, aStrides, b, bStrides, cRow, threads: 2);
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < cRow; j++)
            {
                var expected = j < columns ? 0.0 : double.NaN;
                for (var p = 0; p < depth && j < columns; p++) expected += a[(i * aStrides.Row) + (p * aStrides.Column)] * b[(p * bStrides.Row) + (j * bStrides.Column)];
                Assert.True(expected.Equals(found[(i * cRow) + j]), $"{rows} × {depth} · {depth} × {columns} at [{i}, {j}]: {found[(i * cRow) + j]}, not {expected}");
            }
        }
    }

    /// <summary>Rows, columns, rows with gaps, scattered or one row repeated.</summary>
    static (double[] Values, (int Row, int Column) Strides) Operand(int rows, int columns, Random random)
    {
        var strides = random.Next(5) switch { 0 => (columns, 1), 1 => (1, rows), 2 => (columns + 3, 1), 3 => ((2 * columns) + 1, 2), _ => (0, 1) };
        var length = (Math.Max(0, rows - 1) * strides.Item1) + (Math.Max(0, columns - 1) * strides.Item2) + 1;
        return ([.. Enumerable.Range(0, length).Select(_ => (double)random.Next(-9, 10))], strides);
    }

    /// <summary>C [rows, cRow], NaN at first.</summary>
    static double[] Run(Path path, Size size, double[] a, (int Row, int Column) aStrides, double[] b, (int Row, int Column) bStrides, int cRow, int threads)
    {
        var c = new double[size.Rows * cRow];
        Array.Fill(c, double.NaN);
        var before = ThreadTeam.Threads;
        ThreadTeam.Threads = threads;
        try
        {
            fixed (double* pa = a, pb = b, pc = c)
            {
                var product = new Product<double>
                {
                    Rows = size.Rows, Columns = size.Columns, Depth = size.Depth, A = pa, ARow = aStrides.Row, AColumn = aStrides.Column,
                    B = pb, BRow = bStrides.Row, BColumn = bStrides.Column, C = pc, CRow = cRow,
                };
                switch (path)
                {
                    case Path.Vector512: DoubleProduct<Double512, Vector512<double>>.Multiply(product); break;
                    case Path.Vector256: DoubleProduct<Double256, Vector256<double>>.Multiply(product); break;
                    case Path.Vector128: DoubleProduct<Double128, Vector128<double>>.Multiply(product); break;
                    default: DoubleProduct<Double64, double>.Multiply(product); break;
                }
            }
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
        return c;
    }
}
