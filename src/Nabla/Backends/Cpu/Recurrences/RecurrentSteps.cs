using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu.Recurrences;

/// <summary>
/// The rows of one step. The gates of a row lie one after another, each of them <paramref name="units"/> long; their values take the place of the recurrent projection where they are not
/// kept. Each gate and the states are a loop of their own, whole registers and the rest of a row methods of their own: an LSTM's step in one is more than the JIT is willing to inline, and
/// every addition would become a call.
/// </summary>
internal readonly unsafe struct RecurrentStep<TCell, V, T>(TCell cell, int units, T* input, T* recurrent, StateRows<T> before, StateRows<T> after, T* kept) : IRange
    where TCell : struct, IRecurrentCell where V : struct, ICpuLane<V, T> where T : unmanaged
{
    private bool Keeps => kept != null && TCell.Kept > 0;

    public void Run(long start, long end)
    {
        var whole = units - (units % V.Count);
        for (var row = start; row < end; row++)
        {
            var at = (nint)row * units;
            T* x = input + (at * TCell.Gates), u = recurrent + (at * TCell.Gates), values = Keeps ? kept + (at * TCell.Kept) : u;
            for (var gate = 0; gate < TCell.Gates; gate++)
            {
                var skip = (nint)gate * units;
                Activate(gate, x + skip, u + skip, values, values + skip, whole);
            }
            if (Keeps && TCell.Kept > TCell.Gates) Unsafe.CopyBlockUnaligned(values + ((nint)TCell.Gates * units), u + ((nint)(TCell.Gates - 1) * units), (uint)(units * sizeof(T)));
            Advance(at, values, whole);
        }
    }

    [MethodImpl(AggressiveOptimization)]
    private void Activate(int gate, T* x, T* u, T* first, T* value, int whole)
    {
        for (var j = 0; j < whole; j += V.Count) V.Store(value + j, cell.Activate(gate, V.Load(x + j), V.Load(u + j), V.Load(first + j)));
        if (whole < units) ActivateRest(gate, x + whole, u + whole, first + whole, value + whole, units - whole);
    }

    [MethodImpl(NoInlining)]
    private void ActivateRest(int gate, T* x, T* u, T* first, T* value, int count) =>
        V.StorePart(value, cell.Activate(gate, V.LoadPart(x, count), V.LoadPart(u, count), V.LoadPart(first, count)), count);

    [MethodImpl(AggressiveOptimization)]
    private void Advance(nint at, T* values, int whole)
    {
        for (var j = 0; j < whole; j += V.Count) Advance<Whole>(at, values, j, V.Count);
        if (whole < units) AdvanceRest(at, values, whole);
    }

    [MethodImpl(NoInlining)]
    private void AdvanceRest(nint at, T* values, int j) => Advance<Part>(at, values, j, units - j);

    [MethodImpl(AggressiveInlining)]
    private void Advance<P>(nint at, T* values, int j, int count) where P : struct, IPortion =>
        after.Store<V, P>(at + j, count, TCell.States, cell.Next(Lanes<V, T, P>.Load(values + j, units, count, TCell.Gates), before.Load<V, P>(at + j, count, TCell.States)));
}

/// <summary>The way back through the rows of one step. The carried gradients are replaced by those of the states before it.</summary>
internal readonly unsafe struct RecurrentStepBack<TCell, V, T>(
    TCell cell, int units, T* kept, StateRows<T> before, StateRows<T> after, StateRows<T> upstream, StateRows<T> carried, T* input, T* recurrent) : IRange
    where TCell : struct, IRecurrentCell where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(AggressiveOptimization)]
    public void Run(long start, long end)
    {
        var whole = units - (units % V.Count);
        for (var row = start; row < end; row++)
        {
            var at = (nint)row * units;
            for (var j = 0; j < whole; j += V.Count) Register<Whole>(at, j, V.Count);
            if (whole < units) Rest(at, whole);
        }
    }

    [MethodImpl(NoInlining | AggressiveOptimization)]
    private void Rest(nint at, int j) => Register<Part>(at, j, units - j);

    [MethodImpl(AggressiveInlining)]
    private void Register<P>(nint at, int j, int count) where P : struct, IPortion
    {
        var (arrives, comes) = (upstream.Load<V, P>(at + j, count, TCell.States), carried.Load<V, P>(at + j, count, TCell.States));
        var gradient = new Carried<V>(arrives.Hidden + comes.Hidden, TCell.States > 1 ? arrives.Cell + comes.Cell : default);
        var values = Lanes<V, T, P>.Load(kept + (at * TCell.Kept) + j, units, count, TCell.Kept);
        var back = cell.Back(values, before.Load<V, P>(at + j, count, TCell.States), after.Load<V, P>(at + j, count, TCell.States), gradient, out var dx, out var du);
        carried.Store<V, P>(at + j, count, TCell.States, back);
        Lanes<V, T, P>.Store(input + (at * TCell.Gates) + j, units, count, TCell.Gates, dx);
        if (!TCell.AddsProjections) Lanes<V, T, P>.Store(recurrent + (at * TCell.Gates) + j, units, count, TCell.Gates, du);
    }
}

/// <summary>Rows of hidden states and, in an LSTM, of cells.</summary>
internal readonly unsafe struct StateRows<T>(T* hidden, T* cell) where T : unmanaged
{
    public T* Hidden => hidden;

    public StateRows<TOther> As<TOther>() where TOther : unmanaged => new((TOther*)hidden, (TOther*)cell);

    [MethodImpl(AggressiveInlining)]
    public Carried<V> Load<V, P>(nint at, int count, int states) where V : struct, ICpuLane<V, T> where P : struct, IPortion =>
        new(P.Load<V, T>(hidden + at, count), states > 1 ? P.Load<V, T>(cell + at, count) : default);

    [MethodImpl(AggressiveInlining)]
    public void Store<V, P>(nint at, int count, int states, Carried<V> values) where V : struct, ICpuLane<V, T> where P : struct, IPortion
    {
        P.Store(hidden + at, count, values.Hidden);
        if (states > 1) P.Store(cell + at, count, values.Cell);
    }
}

/// <summary>How much of a register is read and written, known when its loop is compiled.</summary>
internal unsafe interface IPortion
{
    static abstract V Load<V, T>(T* source, int count) where V : struct, ICpuLane<V, T> where T : unmanaged;
    static abstract void Store<V, T>(T* target, int count, V value) where V : struct, ICpuLane<V, T> where T : unmanaged;
}

/// <summary>All of it.</summary>
internal readonly unsafe struct Whole : IPortion
{
    [MethodImpl(AggressiveInlining)] public static V Load<V, T>(T* source, int count) where V : struct, ICpuLane<V, T> where T : unmanaged => V.Load(source);
    [MethodImpl(AggressiveInlining)] public static void Store<V, T>(T* target, int count, V value) where V : struct, ICpuLane<V, T> where T : unmanaged => V.Store(target, value);
}

/// <summary>Its first lanes.</summary>
internal readonly unsafe struct Part : IPortion
{
    [MethodImpl(AggressiveInlining)] public static V Load<V, T>(T* source, int count) where V : struct, ICpuLane<V, T> where T : unmanaged => V.LoadPart(source, count);
    [MethodImpl(AggressiveInlining)] public static void Store<V, T>(T* target, int count, V value) where V : struct, ICpuLane<V, T> where T : unmanaged => V.StorePart(target, value, count);
}

/// <summary>The gates of units.</summary>
internal static unsafe class Lanes<V, T, P> where V : struct, ICpuLane<V, T> where T : unmanaged where P : struct, IPortion
{
    [MethodImpl(AggressiveInlining)]
    public static Gates<V> Load(T* source, nint step, int count, int gates) => new(
        gates > 0 ? P.Load<V, T>(source, count) : default,
        gates > 1 ? P.Load<V, T>(source + step, count) : default,
        gates > 2 ? P.Load<V, T>(source + (2 * step), count) : default,
        gates > 3 ? P.Load<V, T>(source + (3 * step), count) : default);

    [MethodImpl(AggressiveInlining)]
    public static void Store(T* target, nint step, int count, int gates, Gates<V> values)
    {
        if (gates > 0) P.Store(target, count, values.A);
        if (gates > 1) P.Store(target + step, count, values.B);
        if (gates > 2) P.Store(target + (2 * step), count, values.C);
        if (gates > 3) P.Store(target + (3 * step), count, values.D);
    }
}
