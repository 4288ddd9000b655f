using System.Runtime.CompilerServices;
using Nabla.Backends;

namespace Nabla.Ops;

/// <summary>h′ = tanh(x + u) with the projections x of the input and u of h (Elman 1990).</summary>
internal readonly struct TanhCell : IRecurrentCell
{
    public static int Gates => 1;
    public static int States => 1;
    public static int Kept => 0;
    public static bool AddsProjections => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Activate<V>(int gate, V input, V recurrent, V first) where V : struct, ILane<V> => V.Tanh(input + recurrent);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Carried<V> Next<V>(in Gates<V> gates, in Carried<V> before) where V : struct, ILane<V> => new(gates.A, default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Carried<V> Back<V>(in Gates<V> kept, in Carried<V> before, in Carried<V> after, in Carried<V> gradient, out Gates<V> input, out Gates<V> recurrent) where V : struct, ILane<V>
    {
        input = recurrent = new(gradient.Hidden * (V.One - (after.Hidden * after.Hidden)), default, default, default);
        return new(V.Zero, default);
    }
}

/// <summary>h′ = max(x + u, 0) with the projections x of the input and u of h (Le et al. 2015).</summary>
internal readonly struct ReluCell : IRecurrentCell
{
    public static int Gates => 1;
    public static int States => 1;
    public static int Kept => 0;
    public static bool AddsProjections => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Activate<V>(int gate, V input, V recurrent, V first) where V : struct, ILane<V> => V.Max(input + recurrent, V.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Carried<V> Next<V>(in Gates<V> gates, in Carried<V> before) where V : struct, ILane<V> => new(gates.A, default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Carried<V> Back<V>(in Gates<V> kept, in Carried<V> before, in Carried<V> after, in Carried<V> gradient, out Gates<V> input, out Gates<V> recurrent) where V : struct, ILane<V>
    {
        input = recurrent = new(V.Select(V.LessThan(V.Zero, after.Hidden), gradient.Hidden, V.Zero), default, default, default);
        return new(V.Zero, default);
    }
}

/// <summary>
/// Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000: c′ = f·c + i·g, h′ = o·tanh c′, where i, f, o = σ and g = tanh of the sums of the two projections, in this order:
/// i, f, g, o.
/// </summary>
internal readonly struct LstmCell : IRecurrentCell
{
    public static int Gates => 4;
    public static int States => 2;
    public static int Kept => 4;
    public static bool AddsProjections => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Activate<V>(int gate, V input, V recurrent, V first) where V : struct, ILane<V> => gate == 2 ? V.Tanh(input + recurrent) : default(Sigmoid).In(input + recurrent);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Carried<V> Next<V>(in Gates<V> gates, in Carried<V> before) where V : struct, ILane<V>
    {
        var (i, f, g, o) = gates;
        var cell = V.MultiplyAdd(f, before.Cell, i * g);
        return new(o * V.Tanh(cell), cell);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Carried<V> Back<V>(in Gates<V> kept, in Carried<V> before, in Carried<V> after, in Carried<V> gradient, out Gates<V> input, out Gates<V> recurrent) where V : struct, ILane<V>
    {
        var (i, f, g, o) = kept;
        var t = V.Tanh(after.Cell);
        var cell = V.MultiplyAdd(gradient.Hidden * o, V.One - (t * t), gradient.Cell);
        input = recurrent = new(cell * g * i * (V.One - i), cell * before.Cell * f * (V.One - f), cell * i * (V.One - (g * g)), gradient.Hidden * t * o * (V.One - o));
        return new(V.Zero, cell * f);
    }
}

/// <summary>
/// Cho et al. 2014, the reset gate applied after the recurrent projection as in cuDNN and PyTorch: h′ = (1 − z)·n + z·h, where r, z = σ(x + u) and n = tanh(x + r·u), in this order: r, z, n.
/// </summary>
internal readonly struct GruCell : IRecurrentCell
{
    public static int Gates => 3;
    public static int States => 1;
    public static int Kept => 4;
    public static bool AddsProjections => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Activate<V>(int gate, V input, V recurrent, V first) where V : struct, ILane<V> => gate == 2 ? V.Tanh(V.MultiplyAdd(first, recurrent, input)) : default(Sigmoid).In(input + recurrent);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Carried<V> Next<V>(in Gates<V> gates, in Carried<V> before) where V : struct, ILane<V> => new(V.MultiplyAdd(gates.B, before.Hidden - gates.C, gates.C), default);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Carried<V> Back<V>(in Gates<V> kept, in Carried<V> before, in Carried<V> after, in Carried<V> gradient, out Gates<V> input, out Gates<V> recurrent) where V : struct, ILane<V>
    {
        var (r, z, n, u) = kept;
        var dn = gradient.Hidden * (V.One - z) * (V.One - (n * n));
        var dz = gradient.Hidden * (before.Hidden - n) * z * (V.One - z);
        var dr = dn * u * r * (V.One - r);
        input = new(dr, dz, dn, default);
        recurrent = new(dr, dz, dn * r, default);
        return new(gradient.Hidden * z, default);
    }
}
