using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Products;

/// <summary>
/// Copies operands into the order in which the micro-kernels read them. A: per tile of rows, [depth, rows]. B: per panel of columns,
/// [depth, width], width one register or two. What lies beyond the operand's last column is arbitrary: it only reaches what is not stored.
/// </summary>
internal static unsafe class ProductPacking<R, V> where R : struct, IProductRegister<V> where V : struct
{
    /// <summary>Floats that packing may write beyond the end.</summary>
    public const int Slack = 16;

    /// <summary>Packs <paramref name="rows"/> rows. Writes up to a register beyond the end: pack in ascending order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rows(float* source, nint row, nint column, int rows, int depth, float* target)
    {
        if (column == 1 && row >= 0)
        {
            var done = depth - depth % R.Count;
            for (var p = 0; p < done; p += R.Count)
            {
                // The last group first: its surplus falls on elements that the first group writes next.
                for (var group = (rows - 1) / R.Count * R.Count; group >= 0; group -= R.Count)
                {
                    R.Transpose(source + group * row + p, row, Math.Min(R.Count, rows - group), target + (nint)p * rows + group, rows);
                }
            }
            Gather(source + done, row, 1, rows, depth - done, target + (nint)done * rows);
        }
        else if (row == 1)
        {
            var whole = rows - rows % R.Count;
            for (var p = 0; p < depth; p++, source += column, target += rows)
            {
                for (var i = 0; i < whole; i += R.Count) R.Store(target + i, R.Load(source + i));
                if (whole < rows) R.Store(target + whole, R.LoadPart(source + whole, rows - whole));
            }
        }
        else
        {
            Gather(source, row, column, rows, depth, target);
        }
    }

    /// <summary>Packs a panel of <paramref name="columns"/> ≤ <paramref name="width"/> columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Panel(float* source, nint row, nint column, int columns, int width, int depth, float* target)
    {
        if (column == 1)
        {
            if (columns == 2 * R.Count) Copy(source, row, depth, target);
            else CopyPart(source, row, columns, width, depth, target);
        }
        else if (row == 1 && column >= 0)
        {
            var done = depth - depth % R.Count;
            for (var p = 0; p < done; p += R.Count)
            {
                for (var group = 0; group < columns; group += R.Count)
                {
                    R.Transpose(source + group * column + p, column, Math.Min(R.Count, columns - group), target + (nint)p * width + group, width);
                }
            }
            for (var p = done; p < depth; p++) Gather(source + p, column, 0, columns, 1, target + (nint)p * width);
        }
        else
        {
            for (var p = 0; p < depth; p++) Gather(source + p * row, column, 0, columns, 1, target + (nint)p * width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Copy(float* source, nint row, int depth, float* target)
    {
        for (var p = 0; p < depth; p++, source += row, target += 2 * R.Count)
        {
            R.Store(target, R.Load(source));
            R.Store(target + R.Count, R.Load(source + R.Count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void CopyPart(float* source, nint row, int columns, int width, int depth, float* target)
    {
        var whole = columns - columns % R.Count;
        for (var p = 0; p < depth; p++, source += row, target += width)
        {
            for (var j = 0; j < whole; j += R.Count) R.Store(target + j, R.Load(source + j));
            if (whole < columns) R.Store(target + whole, R.LoadPart(source + whole, columns - whole));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Gather(float* source, nint row, nint column, int rows, int depth, float* target)
    {
        for (var p = 0; p < depth; p++, source += column, target += rows)
        {
            for (var i = 0; i < rows; i++) target[i] = source[i * row];
        }
    }
}
