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

    /// <summary>max x; NaN if any is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Largest(T* x)
    {
        var largest = V.Broadcast(*x);
        for (var i = 0L; i < Whole; i += V.Count) largest = V.Max(largest, V.Load(x + i));
        if (Rest > 0) largest = V.Max(largest, V.Select(Within, V.LoadPart(x + Whole, Rest), largest));
        return V.Broadcast(V.Largest(largest));
    }

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

    /// <summary>Σ x</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Sum(T* x)
    {
        var (a, b) = (V.Zero, V.Zero);
        var i = 0L;
        for (; i <= Whole - 2 * V.Count; i += 2 * V.Count)
        {
            a += V.Load(x + i);
            b += V.Load(x + i + V.Count);
        }
        for (; i < Whole; i += V.Count) a += V.Load(x + i);
        if (Rest > 0) b += V.LoadPart(x + Whole, Rest);
        return V.Broadcast(V.Sum(a + b));
    }

    /// <summary>Σ x·y</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Dot(T* x, T* y)
    {
        var (a, b) = (V.Zero, V.Zero);
        var i = 0L;
        for (; i <= Whole - 2 * V.Count; i += 2 * V.Count)
        {
            a = V.MultiplyAdd(V.Load(x + i), V.Load(y + i), a);
            b = V.MultiplyAdd(V.Load(x + i + V.Count), V.Load(y + i + V.Count), b);
        }
        for (; i < Whole; i += V.Count) a = V.MultiplyAdd(V.Load(x + i), V.Load(y + i), a);
        if (Rest > 0) b = V.MultiplyAdd(V.LoadPart(x + Whole, Rest), V.LoadPart(y + Whole, Rest), b);
        return V.Broadcast(V.Sum(a + b));
    }

    /// <summary>Σ (x − mean)²</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Deviation(T* x, V mean)
    {
        var (a, b) = (V.Zero, V.Zero);
        var i = 0L;
        for (; i <= Whole - 2 * V.Count; i += 2 * V.Count)
        {
            var (d, e) = (V.Load(x + i) - mean, V.Load(x + i + V.Count) - mean);
            a = V.MultiplyAdd(d, d, a);
            b = V.MultiplyAdd(e, e, b);
        }
        for (; i <= Whole - V.Count; i += V.Count)
        {
            var d = V.Load(x + i) - mean;
            a = V.MultiplyAdd(d, d, a);
        }
        if (Rest > 0)
        {
            var d = V.Select(Within, V.LoadPart(x + Whole, Rest) - mean, V.Zero);
            b = V.MultiplyAdd(d, d, b);
        }
        return V.Broadcast(V.Sum(a + b));
    }

    /// <summary>Σ (x − mean) · y</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V CentredDot(T* x, V mean, T* y)
    {
        var (a, b) = (V.Zero, V.Zero);
        var i = 0L;
        for (; i <= Whole - 2 * V.Count; i += 2 * V.Count)
        {
            a = V.MultiplyAdd(V.Load(x + i) - mean, V.Load(y + i), a);
            b = V.MultiplyAdd(V.Load(x + i + V.Count) - mean, V.Load(y + i + V.Count), b);
        }
        for (; i <= Whole - V.Count; i += V.Count) a = V.MultiplyAdd(V.Load(x + i) - mean, V.Load(y + i), a);
        if (Rest > 0) b = V.MultiplyAdd(V.LoadPart(x + Whole, Rest) - mean, V.LoadPart(y + Whole, Rest), b);
        return V.Broadcast(V.Sum(a + b));
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
