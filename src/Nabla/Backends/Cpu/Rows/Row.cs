using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Rows;

/// <summary>
/// How a row of some width falls into registers: whole ones, and a rest that <see cref="Within"/> masks. Made once for many rows.
/// </summary>
internal readonly unsafe struct Row<V, T> where V : struct, ICpuLane<V, T> where T : unmanaged
{
    /// <summary>The elements in whole registers.</summary>
    public readonly long Whole;
    /// <summary>The elements beyond them, fewer than a register.</summary>
    public readonly int Rest;
    /// <summary>Mask of the rest's elements in its register.</summary>
    public readonly V Within;

    public Row(long width)
    {
        Rest = (int)(width % V.Count);
        Whole = width - Rest;
        var ones = stackalloc T[16];
        for (var i = 0; i < 16; i += V.Count) V.Store(ones + i, V.One);
        Within = Rest == 0 ? V.Zero : V.LessThan(V.Zero, V.LoadPart(ones, Rest));
    }

    /// <summary>
    /// max x of the elements that are numbers, at least one register at a time in four chains. NaN may pass unnoticed: what is computed
    /// from the row next is NaN all the same.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Largest(T* x)
    {
        V a = V.Broadcast(*x), b = a, c = a, d = a;
        var i = 0L;
        for (; i <= Whole - 4 * V.Count; i += 4 * V.Count)
        {
            a = Larger(V.Load(x + i), a);
            b = Larger(V.Load(x + i + V.Count), b);
            c = Larger(V.Load(x + i + 2 * V.Count), c);
            d = Larger(V.Load(x + i + 3 * V.Count), d);
        }
        for (; i < Whole; i += V.Count) a = Larger(V.Load(x + i), a);
        if (Rest > 0) b = V.Select(Within, Larger(V.LoadPart(x + Whole, Rest), b), b);
        return V.Broadcast(V.Largest(Larger(Larger(a, b), Larger(c, d))));
    }

    /// <summary>The larger, in two instructions; the second if either is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Larger(V x, V largest) => V.Select(V.LessThan(largest, x), x, largest);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V AddSquare(V x, V sum) => V.MultiplyAdd(x, x, sum);

    /// <summary>Σ exp(x − shift)</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V SumOfExponentials(T* x, V shift)
    {
        var sum = V.Zero;
        for (var i = 0L; i < Whole; i += V.Count) sum += V.Exp(V.Load(x + i) - shift);
        if (Rest > 0) sum += V.Select(Within, V.Exp(V.LoadPart(x + Whole, Rest) - shift), V.Zero);
        return V.Broadcast(V.Sum(sum));
    }

    /// <summary>y = exp(x − shift), and the sum of y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Exponentials(T* x, V shift, T* y)
    {
        var sum = V.Zero;
        for (var i = 0L; i < Whole; i += V.Count)
        {
            var e = V.Exp(V.Load(x + i) - shift);
            V.Store(y + i, e);
            sum += e;
        }
        if (Rest > 0)
        {
            var e = V.Exp(V.LoadPart(x + Whole, Rest) - shift);
            V.StorePart(y + Whole, e, Rest);
            sum += V.Select(Within, e, V.Zero);
        }
        return V.Broadcast(V.Sum(sum));
    }

    /// <summary>z = x + y, and Σ z with the bits of <see cref="Sum"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V AddAndSum(T* x, T* y, T* z)
    {
        V a = V.Zero, b = a, c = a, d = a;
        var i = 0L;
        for (; i <= Whole - 4 * V.Count; i += 4 * V.Count)
        {
            a += Add(x + i, y + i, z + i);
            b += Add(x + i + V.Count, y + i + V.Count, z + i + V.Count);
            c += Add(x + i + 2 * V.Count, y + i + 2 * V.Count, z + i + 2 * V.Count);
            d += Add(x + i + 3 * V.Count, y + i + 3 * V.Count, z + i + 3 * V.Count);
        }
        for (; i < Whole; i += V.Count) a += Add(x + i, y + i, z + i);
        if (Rest > 0)
        {
            var rest = V.LoadPart(x + Whole, Rest) + V.LoadPart(y + Whole, Rest);
            V.StorePart(z + Whole, rest, Rest);
            b += rest;
        }
        return V.Broadcast(V.Sum((a + b) + (c + d)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static V Add(T* x, T* y, T* z)
    {
        var sum = V.Load(x) + V.Load(y);
        V.Store(z, sum);
        return sum;
    }

    /// <summary>Σ x</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Sum(T* x)
    {
        V a = V.Zero, b = a, c = a, d = a;
        var i = 0L;
        for (; i <= Whole - 4 * V.Count; i += 4 * V.Count)
        {
            a += V.Load(x + i);
            b += V.Load(x + i + V.Count);
            c += V.Load(x + i + 2 * V.Count);
            d += V.Load(x + i + 3 * V.Count);
        }
        for (; i < Whole; i += V.Count) a += V.Load(x + i);
        if (Rest > 0) b += V.LoadPart(x + Whole, Rest);
        return V.Broadcast(V.Sum((a + b) + (c + d)));
    }

    /// <summary>Σ x·y</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Dot(T* x, T* y)
    {
        V a = V.Zero, b = a, c = a, d = a;
        var i = 0L;
        for (; i <= Whole - 4 * V.Count; i += 4 * V.Count)
        {
            a = V.MultiplyAdd(V.Load(x + i), V.Load(y + i), a);
            b = V.MultiplyAdd(V.Load(x + i + V.Count), V.Load(y + i + V.Count), b);
            c = V.MultiplyAdd(V.Load(x + i + 2 * V.Count), V.Load(y + i + 2 * V.Count), c);
            d = V.MultiplyAdd(V.Load(x + i + 3 * V.Count), V.Load(y + i + 3 * V.Count), d);
        }
        for (; i < Whole; i += V.Count) a = V.MultiplyAdd(V.Load(x + i), V.Load(y + i), a);
        if (Rest > 0) b = V.MultiplyAdd(V.LoadPart(x + Whole, Rest), V.LoadPart(y + Whole, Rest), b);
        return V.Broadcast(V.Sum((a + b) + (c + d)));
    }

    /// <summary>Σ (x − mean)²</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Deviation(T* x, V mean)
    {
        V a = V.Zero, b = a, c = a, d = a;
        var i = 0L;
        for (; i <= Whole - 4 * V.Count; i += 4 * V.Count)
        {
            a = AddSquare(V.Load(x + i) - mean, a);
            b = AddSquare(V.Load(x + i + V.Count) - mean, b);
            c = AddSquare(V.Load(x + i + 2 * V.Count) - mean, c);
            d = AddSquare(V.Load(x + i + 3 * V.Count) - mean, d);
        }
        for (; i < Whole; i += V.Count) a = AddSquare(V.Load(x + i) - mean, a);
        if (Rest > 0) b = AddSquare(V.Select(Within, V.LoadPart(x + Whole, Rest) - mean, V.Zero), b);
        return V.Broadcast(V.Sum((a + b) + (c + d)));
    }

    /// <summary>Σ y and Σ (x − mean) · y</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (V Sum, V Dot) SumAndCentredDot(T* x, V mean, T* y)
    {
        V a = V.Zero, b = a, c = a, d = a, s = a, t = a, u = a, v = a;
        var i = 0L;
        for (; i <= Whole - 4 * V.Count; i += 4 * V.Count)
        {
            V y0 = V.Load(y + i), y1 = V.Load(y + i + V.Count), y2 = V.Load(y + i + 2 * V.Count), y3 = V.Load(y + i + 3 * V.Count);
            a = V.MultiplyAdd(V.Load(x + i) - mean, y0, a);
            b = V.MultiplyAdd(V.Load(x + i + V.Count) - mean, y1, b);
            c = V.MultiplyAdd(V.Load(x + i + 2 * V.Count) - mean, y2, c);
            d = V.MultiplyAdd(V.Load(x + i + 3 * V.Count) - mean, y3, d);
            s += y0;
            t += y1;
            u += y2;
            v += y3;
        }
        for (; i < Whole; i += V.Count)
        {
            var y0 = V.Load(y + i);
            a = V.MultiplyAdd(V.Load(x + i) - mean, y0, a);
            s += y0;
        }
        if (Rest > 0)
        {
            var y0 = V.LoadPart(y + Whole, Rest);
            b = V.MultiplyAdd(V.LoadPart(x + Whole, Rest) - mean, y0, b);
            t += y0;
        }
        return (V.Broadcast(V.Sum((s + t) + (u + v))), V.Broadcast(V.Sum((a + b) + (c + d))));
    }

    /// <summary>y = (x − mean) · scale + shift</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Affine(T* x, V mean, V scale, V shift, T* y)
    {
        for (var i = 0L; i < Whole; i += V.Count) V.Store(y + i, V.MultiplyAdd(V.Load(x + i) - mean, scale, shift));
        if (Rest > 0) V.StorePart(y + Whole, V.MultiplyAdd(V.LoadPart(x + Whole, Rest) - mean, scale, shift), Rest);
    }

    /// <summary>dx = dy · scale + (x − mean) · slope + shift</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AffineGradient(T* x, V mean, V slope, T* dy, V scale, V shift, T* dx)
    {
        for (var i = 0L; i < Whole; i += V.Count)
            V.Store(dx + i, V.MultiplyAdd(V.Load(dy + i), scale, V.MultiplyAdd(V.Load(x + i) - mean, slope, shift)));
        if (Rest > 0)
            V.StorePart(dx + Whole, V.MultiplyAdd(V.LoadPart(dy + Whole, Rest), scale, V.MultiplyAdd(V.LoadPart(x + Whole, Rest) - mean, slope, shift)), Rest);
    }
}
