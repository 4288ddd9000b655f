using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu.Products;

/// <summary>The float64 matrix product C = A · B on the best registers of this processor. The same bits for any number of threads. It reads neither a bias nor what C holds.</summary>
internal static class DoubleProduct
{
    public static void Multiply(in Product<double> product)
    {
        if (Double512.IsSupported) DoubleProduct<Double512, Vector512<double>>.Multiply(product);
        else if (Double256.IsSupported) DoubleProduct<Double256, Vector256<double>>.Multiply(product);
        else if (Double128.IsSupported) DoubleProduct<Double128, Vector128<double>>.Multiply(product);
        else DoubleProduct<Double64, double>.Multiply(product);
    }
}

/// <summary>
/// The product on registers <typeparamref name="R"/>. Blocks of A and B are packed in the order in which tiles read them: a tile of four rows and three registers of C stays in registers while the
/// depth of a block runs by, a panel of B in the first-level cache while the rows do, a block of A in the second (Goto and van de Geijn 2008, "Anatomy of High-Performance Matrix Multiplication").
/// </summary>
internal static unsafe class DoubleProduct<R, V> where R : struct, IDoubleRegister<V> where V : struct
{
    private const int High = 4, RowBlock = 96, ColumnBlock = 480, DepthBlock = 192;
    private const double WorthForking = 60_000;

    private static int Wide => 3 * R.Count;

    public static void Multiply(in Product<double> product)
    {
        var parts = (double)product.Rows * product.Columns * product.Depth > WorthForking ? ThreadTeam.Threads : 1;
        var cut = product.Rows >= product.Columns
            ? new Cut(product, Share(product.Rows, parts, High), product.Columns)
            : new Cut(product, product.Rows, Share(product.Columns, parts, Wide));
        ThreadTeam.Run(cut.Parts, ref cut);
    }

    /// <summary>A part of a length, in whole tiles.</summary>
    private static int Share(int length, int parts, int tile) => (((length + parts - 1) / parts) + tile - 1) / tile * tile;

    /// <summary>The product in parts of so many rows and columns, all of the one or all of the other.</summary>
    private readonly struct Cut(Product<double> x, int rows, int columns) : IPart
    {
        public int Parts => Math.Max((x.Rows + rows - 1) / rows, (x.Columns + columns - 1) / columns);

        public void Run(int part)
        {
            var (row, column) = rows < x.Rows ? (part * rows, 0) : (0, part * columns);
            var (lastRow, lastColumn) = (Math.Min(x.Rows, row + rows), Math.Min(x.Columns, column + columns));
            var scratch = Scratch.Mine;
            var (a, b) = ((nint)scratch.A.Of(2 * RowBlock * DepthBlock), (nint)scratch.B.Of(2 * ColumnBlock * DepthBlock));
            for (nint j = column; j < lastColumn; j += ColumnBlock)
            for (nint p = 0; p == 0 || p < x.Depth; p += DepthBlock)
            {
                var (across, depth) = ((int)Math.Min(ColumnBlock, lastColumn - j), (int)Math.Min(DepthBlock, x.Depth - p));
                Pack(x.B + (p * x.BRow) + (j * x.BColumn), x.BColumn, x.BRow, across, depth, Wide, (double*)b);
                for (nint i = row; i < lastRow; i += RowBlock)
                {
                    var down = (int)Math.Min(RowBlock, lastRow - i);
                    Pack(x.A + (i * x.ARow) + (p * x.AColumn), x.ARow, x.AColumn, down, depth, High, (double*)a);
                    Block((double*)a, (double*)b, down, across, depth, x.C + (i * x.CRow) + j, adds: p > 0);
                }
            }
        }

        /// <summary>A block of C, [down, across], from packed ones of A and B.</summary>
        private void Block(double* a, double* b, int down, int across, int depth, double* c, bool adds)
        {
            var sums = stackalloc double[High * Wide];
            for (var j = 0; j < across; j += Wide)
            for (var i = 0; i < down; i += High)
            {
                Tile(a + ((nint)i * depth), b + ((nint)j * depth), depth, sums);
                for (var r = 0; r < Math.Min(High, down - i); r++)
                {
                    var row = new Span<double>(c + ((i + r) * x.CRow) + j, Math.Min(Wide, across - j));
                    var sum = new ReadOnlySpan<double>(sums + (r * Wide), row.Length);
                    if (adds) TensorPrimitives.Add(row, sum, row);
                    else sum.CopyTo(row);
                }
            }
        }
    }

    /// <summary>Panels of so many lanes, one after another: of each the lanes of the first place of the depth, then of the second, … Lanes that are not there are 0.</summary>
    private static void Pack(double* source, nint across, nint along, int count, int depth, int lanes, double* target)
    {
        for (; count > 0; count -= lanes, source += lanes * across)
        {
            var held = Math.Min(lanes, count);
            for (nint p = 0; p < depth; p++, target += lanes)
            {
                var from = source + (p * along);
                if (across == 1) new ReadOnlySpan<double>(from, held).CopyTo(new Span<double>(target, held));
                else for (nint lane = 0; lane < held; lane++) target[lane] = from[lane * across];
                if (held < lanes) new Span<double>(target + held, lanes - held).Clear();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(double* a, double* b, int depth, double* sums)
    {
        V c0 = default, c1 = default, c2 = default, d0 = default, d1 = default, d2 = default;
        V e0 = default, e1 = default, e2 = default, f0 = default, f1 = default, f2 = default;
        for (; depth > 0; depth--, a += High, b += 3 * R.Count)
        {
            var (b0, b1, b2) = (R.Load(b), R.Load(b + R.Count), R.Load(b + (2 * R.Count)));
            var one = R.Broadcast(a);
            (c0, c1, c2) = (R.MultiplyAdd(one, b0, c0), R.MultiplyAdd(one, b1, c1), R.MultiplyAdd(one, b2, c2));
            one = R.Broadcast(a + 1);
            (d0, d1, d2) = (R.MultiplyAdd(one, b0, d0), R.MultiplyAdd(one, b1, d1), R.MultiplyAdd(one, b2, d2));
            one = R.Broadcast(a + 2);
            (e0, e1, e2) = (R.MultiplyAdd(one, b0, e0), R.MultiplyAdd(one, b1, e1), R.MultiplyAdd(one, b2, e2));
            one = R.Broadcast(a + 3);
            (f0, f1, f2) = (R.MultiplyAdd(one, b0, f0), R.MultiplyAdd(one, b1, f1), R.MultiplyAdd(one, b2, f2));
        }
        Store(sums, c0, c1, c2);
        Store(sums + Wide, d0, d1, d2);
        Store(sums + (2 * Wide), e0, e1, e2);
        Store(sums + (3 * Wide), f0, f1, f2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(double* target, V first, V second, V third)
    {
        R.Store(target, first);
        R.Store(target + R.Count, second);
        R.Store(target + (2 * R.Count), third);
    }
}

/// <summary>A register of <see cref="Count"/> doubles.</summary>
internal unsafe interface IDoubleRegister<V> where V : struct
{
    static abstract bool IsSupported { get; }
    static abstract int Count { get; }
    static abstract V Load(double* source);
    static abstract V Broadcast(double* source);
    static abstract void Store(double* target, V value);
    /// <summary>a · b + c, fused where the hardware fuses.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);
}

internal readonly unsafe struct Double512 : IDoubleRegister<Vector512<double>>
{
    public static bool IsSupported => Simd.Has512;
    public static int Count => 8;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> Load(double* source) => Vector512.Load(source);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> Broadcast(double* source) => Vector512.Create(*source);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(double* target, Vector512<double> value) => value.Store(target);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<double> MultiplyAdd(Vector512<double> a, Vector512<double> b, Vector512<double> c) => Avx512F.FusedMultiplyAdd(a, b, c);
}

internal readonly unsafe struct Double256 : IDoubleRegister<Vector256<double>>
{
    public static bool IsSupported => Simd.Has256;
    public static int Count => 4;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> Load(double* source) => Vector256.Load(source);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> Broadcast(double* source) => Vector256.Create(*source);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(double* target, Vector256<double> value) => value.Store(target);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<double> MultiplyAdd(Vector256<double> a, Vector256<double> b, Vector256<double> c) => Fma.MultiplyAdd(a, b, c);
}

internal readonly unsafe struct Double128 : IDoubleRegister<Vector128<double>>
{
    public static bool IsSupported => Vector128.IsHardwareAccelerated;
    public static int Count => 2;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> Load(double* source) => Vector128.Load(source);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> Broadcast(double* source) => Vector128.Create(*source);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(double* target, Vector128<double> value) => value.Store(target);
    // SSE cannot fuse, and a fused product in software is a hundred times slower.
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector128<double> MultiplyAdd(Vector128<double> a, Vector128<double> b, Vector128<double> c) => Vector128.MultiplyAddEstimate(a, b, c);
}

internal readonly unsafe struct Double64 : IDoubleRegister<double>
{
    public static bool IsSupported => true;
    public static int Count => 1;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Load(double* source) => *source;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double Broadcast(double* source) => *source;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(double* target, double value) => *target = value;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static double MultiplyAdd(double a, double b, double c) => (a * b) + c;
}
