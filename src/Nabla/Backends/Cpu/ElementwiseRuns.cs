using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu;

/// <summary>An operand of a run: neighbours next to each other (step 1) or one element for all (step 0).</summary>
internal readonly unsafe struct Operand<V, T>(T* first, long step) where V : struct, ICpuLane<V, T> where T : unmanaged
{
    /// <summary>A register's worth from i on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Load(long i) => step == 0 ? V.Broadcast(*first) : V.Load(first + i);

    /// <summary><paramref name="count"/> elements from i on, fewer than a register's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V LoadPart(long i, int count) => step == 0 ? V.Broadcast(*first) : V.LoadPart(first + i, count);
}

internal readonly unsafe struct UnaryRun<F, V, T>(F formula, T* x, T* y) : IRange where F : struct, IFormula where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var (i, count, f) = (start, V.Count, formula);
        T* source = x, target = y;
        for (; i <= end - count; i += count) V.Store(target + i, f.Of(V.Load(source + i)));
        if (i < end) V.StorePart(target + i, f.Of(V.LoadPart(source + i, (int)(end - i))), (int)(end - i));
    }
}

internal readonly unsafe struct UnaryGradientRun<F, V, T>(F formula, T* x, T* y, T* dy, T* dx) : IRange, IRun
    where F : struct, IFormula where V : struct, ICpuLane<V, T> where T : unmanaged
{
    public void Run(long start, long end) => Loop(dx + start, end - start, new(x + start, 1), new(y + start, 1), new(dy + start, 1));

    public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps) =>
        Loop(dx + at, length, new(x + offsets[0], steps[0]), new(y + offsets[1], steps[1]), new(dy + offsets[2], steps[2]));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Loop(T* target, long length, Operand<V, T> a, Operand<V, T> b, Operand<V, T> c)
    {
        var (i, count, f) = (0L, V.Count, formula);
        for (; i <= length - count; i += count) V.Store(target + i, f.Slope(a.Load(i), b.Load(i)) * c.Load(i));
        var rest = (int)(length - i);
        if (rest > 0) V.StorePart(target + i, f.Slope(a.LoadPart(i, rest), b.LoadPart(i, rest)) * c.LoadPart(i, rest), rest);
    }
}

internal readonly unsafe struct BinaryRun<F, V, T>(F formula, T* a, T* b, T* y) : IRange, IRun
    where F : struct, IBinaryFormula where V : struct, ICpuLane<V, T> where T : unmanaged
{
    public void Run(long start, long end) => Dense(y + start, end - start, a + start, b + start);

    public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
    {
        if (steps[0] == 1 && steps[1] == 1) Dense(y + at, length, a + offsets[0], b + offsets[1]);
        else Loop(y + at, length, new(a + offsets[0], steps[0]), new(b + offsets[1], steps[1]));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Dense(T* target, long length, T* left, T* right)
    {
        var (i, count, f) = (0L, V.Count, formula);
        for (; i <= length - count; i += count) V.Store(target + i, f.Of(V.Load(left + i), V.Load(right + i)));
        var rest = (int)(length - i);
        if (rest > 0) V.StorePart(target + i, f.Of(V.LoadPart(left + i, rest), V.LoadPart(right + i, rest)), rest);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Loop(T* target, long length, Operand<V, T> left, Operand<V, T> right)
    {
        var (i, count, f) = (0L, V.Count, formula);
        for (; i <= length - count; i += count) V.Store(target + i, f.Of(left.Load(i), right.Load(i)));
        var rest = (int)(length - i);
        if (rest > 0) V.StorePart(target + i, f.Of(left.LoadPart(i, rest), right.LoadPart(i, rest)), rest);
    }
}

internal readonly unsafe struct CompareRun<F, V, T>(F comparison, T* a, T* b, byte* y) : IRange, IRun
    where F : struct, IComparison where V : struct, ICpuLane<V, T> where T : unmanaged
{
    public void Run(long start, long end) => Loop(y + start, end - start, new(a + start, 1), new(b + start, 1));

    public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps) =>
        Loop(y + at, length, new(a + offsets[0], steps[0]), new(b + offsets[1], steps[1]));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Loop(byte* target, long length, Operand<V, T> left, Operand<V, T> right)
    {
        var (i, count, f) = (0L, V.Count, comparison);
        for (; i <= length - count; i += count) V.StoreMask(target + i, f.Holds(left.Load(i), right.Load(i)), count);
        var rest = (int)(length - i);
        if (rest > 0) V.StoreMask(target + i, f.Holds(left.LoadPart(i, rest), right.LoadPart(i, rest)), rest);
    }
}
