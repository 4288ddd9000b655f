using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu;

/// <summary>
/// A row sorted by its elements' residue of a stride, [stride, part]: what neighbouring windows see through one tap lies side by side. With a stride of 1 the row is as it was.
/// </summary>
internal readonly struct StridedRow(int length, int stride)
{
    /// <summary>Elements of one residue.</summary>
    public int Part { get; } = (length + stride - 1) / stride;

    /// <summary>Elements of all.</summary>
    public int Length => Part * stride;

    /// <summary>Where the element is that window 0 sees through tap <paramref name="at"/>; that of window i is i further.</summary>
    public int this[int at] => (at % stride * Part) + (at / stride);

    /// <summary>Sorts the row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public unsafe void Sort<V>(float* row, float* sorted) where V : struct, IFloatLane<V>
    {
        if (stride == 2)
        {
            for (var i = 0; i < Part; i += V.Count)
            {
                var count = length - (2 * i);
                V low = Square<V>.LoadPart(row + (2 * i), count), high = Square<V>.LoadPart(row + (2 * i) + V.Count, count - V.Count);
                Square<V>.StorePart(sorted + i, V.Even(low, high), Part - i);
                Square<V>.StorePart(sorted + Part + i, V.Odd(low, high), Part - i);
            }
            return;
        }
        for (var residue = 0; residue < stride; residue++)
        for (int i = residue, at = residue * Part; i < length; i += stride, at++)
            sorted[at] = row[i];
    }

    /// <summary>The row from what is sorted.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public unsafe void Join<V>(float* sorted, float* row) where V : struct, IFloatLane<V>
    {
        if (stride == 2)
        {
            for (var i = 0; i < Part; i += V.Count)
            {
                var count = length - (2 * i);
                V even = Square<V>.LoadPart(sorted + i, Part - i), odd = Square<V>.LoadPart(sorted + Part + i, Part - i);
                Square<V>.StorePart(row + (2 * i), V.ZipLow(even, odd), count);
                Square<V>.StorePart(row + (2 * i) + V.Count, V.ZipHigh(even, odd), count - V.Count);
            }
            return;
        }
        for (var residue = 0; residue < stride; residue++)
        for (int i = residue, at = residue * Part; i < length; i += stride, at++)
            row[i] = sorted[at];
    }
}
