using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Recurrences;

/// <summary>The rows of one step. The gates of a row lie one after another, each of them <paramref name="units"/> long.</summary>
internal readonly unsafe struct RecurrentStep<TCell, V, T>(TCell cell, int units, T* input, T* recurrent, StateRows<T> before, StateRows<T> after, T* kept) : IRange
    where TCell : struct, IRecurrentCell where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        for (var row = start; row < end; row++)
        {
            var at = (nint)row * units;
            T* x = input + (at * TCell.Gates), u = recurrent + (at * TCell.Gates);
            for (var j = 0; j < units; j += V.Count)
            {
                var rest = Math.Min(V.Count, units - j);
                var next = cell.Next(Lanes<V, T>.Load(x + j, units, rest, TCell.Gates), Lanes<V, T>.Load(u + j, units, rest, TCell.Gates), before.Load<V>(at + j, rest, TCell.States), out var values);
                after.Store(at + j, rest, TCell.States, next);
                if (kept != null) Lanes<V, T>.Store(kept + (at * TCell.Kept) + j, units, rest, TCell.Kept, values);
            }
        }
    }
}

/// <summary>The way back through the rows of one step. The carried gradients are replaced by those of the states before it.</summary>
internal readonly unsafe struct RecurrentStepBack<TCell, V, T>(
    TCell cell, int units, T* kept, StateRows<T> before, StateRows<T> after, StateRows<T> upstream, StateRows<T> carried, T* input, T* recurrent) : IRange
    where TCell : struct, IRecurrentCell where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(long start, long end)
    {
        for (var row = start; row < end; row++)
        {
            var at = (nint)row * units;
            for (var j = 0; j < units; j += V.Count)
            {
                var rest = Math.Min(V.Count, units - j);
                var (arrives, comes) = (upstream.Load<V>(at + j, rest, TCell.States), carried.Load<V>(at + j, rest, TCell.States));
                var gradient = new Carried<V>(arrives.Hidden + comes.Hidden, TCell.States > 1 ? arrives.Cell + comes.Cell : default);
                var values = Lanes<V, T>.Load(kept + (at * TCell.Kept) + j, units, rest, TCell.Kept);
                var back = cell.Back(values, before.Load<V>(at + j, rest, TCell.States), after.Load<V>(at + j, rest, TCell.States), gradient, out var dx, out var du);
                carried.Store(at + j, rest, TCell.States, back);
                Lanes<V, T>.Store(input + (at * TCell.Gates) + j, units, rest, TCell.Gates, dx);
                if (!TCell.AddsProjections) Lanes<V, T>.Store(recurrent + (at * TCell.Gates) + j, units, rest, TCell.Gates, du);
            }
        }
    }
}

/// <summary>Rows of hidden states and, in an LSTM, of cells.</summary>
internal readonly unsafe struct StateRows<T>(T* hidden, T* cell) where T : unmanaged
{
    public T* Hidden => hidden;

    public StateRows<TOther> As<TOther>() where TOther : unmanaged => new((TOther*)hidden, (TOther*)cell);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Carried<V> Load<V>(nint at, int count, int states) where V : struct, ICpuLane<V, T> =>
        new(Lanes<V, T>.Load(hidden + at, count), states > 1 ? Lanes<V, T>.Load(cell + at, count) : default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store<V>(nint at, int count, int states, Carried<V> values) where V : struct, ICpuLane<V, T>
    {
        Lanes<V, T>.Store(hidden + at, count, values.Hidden);
        if (states > 1) Lanes<V, T>.Store(cell + at, count, values.Cell);
    }
}

/// <summary>Registers of units, whole or in part.</summary>
internal static unsafe class Lanes<V, T> where V : struct, ICpuLane<V, T> where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load(T* source, int count) => count == V.Count ? V.Load(source) : V.LoadPart(source, count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* target, int count, V value)
    {
        if (count == V.Count) V.Store(target, value);
        else V.StorePart(target, value, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Gates<V> Load(T* source, nint step, int count, int gates) => new(
        gates > 0 ? Load(source, count) : default,
        gates > 1 ? Load(source + step, count) : default,
        gates > 2 ? Load(source + (2 * step), count) : default,
        gates > 3 ? Load(source + (3 * step), count) : default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(T* target, nint step, int count, int gates, Gates<V> values)
    {
        if (gates > 0) Store(target, count, values.A);
        if (gates > 1) Store(target + step, count, values.B);
        if (gates > 2) Store(target + (2 * step), count, values.C);
        if (gates > 3) Store(target + (3 * step), count, values.D);
    }
}
