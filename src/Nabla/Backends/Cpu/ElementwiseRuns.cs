using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

// Each formula stands once in a method of its own, the loop apart from the rest at its end: the JIT inlines only so much into one method, and a
// long formula whose last operations are calls is many times slower.

/// <summary>An operand of a run: neighbours next to each other (step 1) or one element for all (step 0).</summary>
internal readonly unsafe struct Operand<V, T>(T* first, long step) where V : struct, ICpuLane<V, T> where T : unmanaged
{
    /// <summary>A register's worth from i on.</summary>
    [MethodImpl(AggressiveInlining)]
    public V Load(long i) => step == 0 ? V.Broadcast(*first) : V.Load(first + i);

    /// <summary><paramref name="count"/> elements from i on, fewer than a register's.</summary>
    [MethodImpl(AggressiveInlining)]
    public V LoadPart(long i, int count) => step == 0 ? V.Broadcast(*first) : V.LoadPart(first + i, count);
}

internal readonly unsafe struct UnaryRun<F, V, T>(F formula, T* x, T* y) : IRange where F : struct, IFormula where V : struct, ICpuLane<V, T> where T : unmanaged
{
    public void Run(long start, long end)
    {
        var whole = (end - start) / V.Count * V.Count;
        Loop(x + start, y + start, whole);
        if (start + whole < end) Rest(x + start + whole, y + start + whole, (int)(end - start - whole));
    }

    [MethodImpl(NoInlining | AggressiveOptimization)]
    private void Loop(T* source, T* target, long length)
    {
        var f = formula;
        for (var i = 0L; i < length; i += V.Count) V.Store(target + i, f.Of(V.Load(source + i)));
    }

    [MethodImpl(NoInlining)]
    private void Rest(T* source, T* target, int count) => V.StorePart(target, formula.Of(V.LoadPart(source, count)), count);
}

internal readonly unsafe struct UnaryGradientRun<F, V, T>(F formula, T* x, T* y, T* dy, T* dx) : IRange, IRun
    where F : struct, IFormula where V : struct, ICpuLane<V, T> where T : unmanaged
{
    public void Run(long start, long end) => Run(dx + start, end - start, new(x + start, 1), new(y + start, 1), new(dy + start, 1));

    public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps) =>
        Run(dx + at, length, new(x + offsets[0], steps[0]), new(y + offsets[1], steps[1]), new(dy + offsets[2], steps[2]));

    private void Run(T* target, long length, Operand<V, T> a, Operand<V, T> b, Operand<V, T> c)
    {
        var whole = length / V.Count * V.Count;
        Loop(target, whole, a, b, c);
        if (whole < length) Rest(target, whole, (int)(length - whole), a, b, c);
    }

    [MethodImpl(NoInlining | AggressiveOptimization)]
    private void Loop(T* target, long length, Operand<V, T> a, Operand<V, T> b, Operand<V, T> c)
    {
        var f = formula;
        for (var i = 0L; i < length; i += V.Count) V.Store(target + i, f.Slope(a.Load(i), b.Load(i)) * c.Load(i));
    }

    [MethodImpl(NoInlining)]
    private void Rest(T* target, long i, int count, Operand<V, T> a, Operand<V, T> b, Operand<V, T> c) =>
        V.StorePart(target + i, formula.Slope(a.LoadPart(i, count), b.LoadPart(i, count)) * c.LoadPart(i, count), count);
}

internal readonly unsafe struct BinaryRun<F, V, T>(F formula, T* a, T* b, T* y) : IRange, IRun
    where F : struct, IBinaryFormula where V : struct, ICpuLane<V, T> where T : unmanaged
{
    public void Run(long start, long end) => Dense(y + start, end - start, a + start, b + start);

    public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps)
    {
        if (steps[0] == 1 && steps[1] == 1) Dense(y + at, length, a + offsets[0], b + offsets[1]);
        else Mixed(y + at, length, new(a + offsets[0], steps[0]), new(b + offsets[1], steps[1]));
    }

    private void Dense(T* target, long length, T* left, T* right)
    {
        var whole = length / V.Count * V.Count;
        Loop(target, whole, left, right);
        if (whole < length) Rest(target, whole, (int)(length - whole), new(left, 1), new(right, 1));
    }

    private void Mixed(T* target, long length, Operand<V, T> left, Operand<V, T> right)
    {
        var whole = length / V.Count * V.Count;
        Loop(target, whole, left, right);
        if (whole < length) Rest(target, whole, (int)(length - whole), left, right);
    }

    [MethodImpl(NoInlining | AggressiveOptimization)]
    private void Loop(T* target, long length, T* left, T* right)
    {
        var f = formula;
        for (var i = 0L; i < length; i += V.Count) V.Store(target + i, f.Of(V.Load(left + i), V.Load(right + i)));
    }

    [MethodImpl(NoInlining | AggressiveOptimization)]
    private void Loop(T* target, long length, Operand<V, T> left, Operand<V, T> right)
    {
        var f = formula;
        for (var i = 0L; i < length; i += V.Count) V.Store(target + i, f.Of(left.Load(i), right.Load(i)));
    }

    [MethodImpl(NoInlining)]
    private void Rest(T* target, long i, int count, Operand<V, T> left, Operand<V, T> right) =>
        V.StorePart(target + i, formula.Of(left.LoadPart(i, count), right.LoadPart(i, count)), count);
}

internal readonly unsafe struct CompareRun<F, V, T>(F comparison, T* a, T* b, byte* y) : IRange, IRun
    where F : struct, IComparison where V : struct, ICpuLane<V, T> where T : unmanaged
{
    public void Run(long start, long end) => Loop(y + start, end - start, new(a + start, 1), new(b + start, 1));

    public void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps) =>
        Loop(y + at, length, new(a + offsets[0], steps[0]), new(b + offsets[1], steps[1]));

    [MethodImpl(AggressiveOptimization)]
    private void Loop(byte* target, long length, Operand<V, T> left, Operand<V, T> right)
    {
        var (i, count, f) = (0L, V.Count, comparison);
        for (; i <= length - count; i += count) V.StoreMask(target + i, f.Holds(left.Load(i), right.Load(i)), count);
        var rest = (int)(length - i);
        if (rest > 0) V.StoreMask(target + i, f.Holds(left.LoadPart(i, rest), right.LoadPart(i, rest)), rest);
    }
}
