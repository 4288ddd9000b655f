namespace Nabla.Backends.Cpu;

/// <summary>
/// How numbers are folded into one. Written once for vectors of any width and for the wide number (double for float) in which parts are joined.
/// A struct: its fields are its attributes.
/// </summary>
internal interface IFold
{
    /// <summary>Whether each output has a centre, found before: a mean, a largest element.</summary>
    static abstract bool Centred { get; }

    /// <summary>What changes nothing when joined.</summary>
    V Start<V>() where V : struct, ILane<V>;

    /// <summary>What an element contributes.</summary>
    V Of<V>(V x, V centre) where V : struct, ILane<V>;

    V Join<V>(V a, V b) where V : struct, ILane<V>;

    /// <summary>All elements of a register joined.</summary>
    T Across<V, T>(V value) where V : struct, ICpuLane<V, T> where T : unmanaged;

    /// <summary>The result, from everything joined.</summary>
    V Finish<V>(V total, V centre) where V : struct, ILane<V>;
}

/// <summary>Σ x / Count</summary>
internal readonly struct SumFold(double count) : IFold
{
    public static bool Centred => false;
    public V Start<V>() where V : struct, ILane<V> => V.Zero;
    public V Of<V>(V x, V centre) where V : struct, ILane<V> => x;
    public V Join<V>(V a, V b) where V : struct, ILane<V> => a + b;
    public T Across<V, T>(V value) where V : struct, ICpuLane<V, T> where T : unmanaged => V.Sum(value);
    public V Finish<V>(V total, V centre) where V : struct, ILane<V> => count == 1 ? total : total / V.Constant(count);
}

/// <summary>max x; NaN if there is one.</summary>
internal readonly struct LargestFold : IFold
{
    public static bool Centred => false;
    public V Start<V>() where V : struct, ILane<V> => V.Constant(double.NegativeInfinity);
    public V Of<V>(V x, V centre) where V : struct, ILane<V> => x;
    public V Join<V>(V a, V b) where V : struct, ILane<V> => V.Max(a, b);
    public T Across<V, T>(V value) where V : struct, ICpuLane<V, T> where T : unmanaged => V.Largest(value);
    public V Finish<V>(V total, V centre) where V : struct, ILane<V> => total;
}

/// <summary>min x; NaN if there is one.</summary>
internal readonly struct SmallestFold : IFold
{
    public static bool Centred => false;
    public V Start<V>() where V : struct, ILane<V> => V.Constant(double.PositiveInfinity);
    public V Of<V>(V x, V centre) where V : struct, ILane<V> => x;
    public V Join<V>(V a, V b) where V : struct, ILane<V> => V.Min(a, b);
    public T Across<V, T>(V value) where V : struct, ICpuLane<V, T> where T : unmanaged => V.Smallest(value);
    public V Finish<V>(V total, V centre) where V : struct, ILane<V> => total;
}

/// <summary>Σ (x − centre)² / Divisor</summary>
internal readonly struct SquaresFold(double divisor) : IFold
{
    public static bool Centred => true;
    public V Start<V>() where V : struct, ILane<V> => V.Zero;
    public V Of<V>(V x, V centre) where V : struct, ILane<V> => (x - centre) * (x - centre);
    public V Join<V>(V a, V b) where V : struct, ILane<V> => a + b;
    public T Across<V, T>(V value) where V : struct, ICpuLane<V, T> where T : unmanaged => V.Sum(value);
    public V Finish<V>(V total, V centre) where V : struct, ILane<V> => total / V.Constant(divisor);
}

/// <summary>centre + ln Σ exp(x − centre)</summary>
internal readonly struct LogSumExpFold : IFold
{
    public static bool Centred => true;
    public V Start<V>() where V : struct, ILane<V> => V.Zero;
    public V Of<V>(V x, V centre) where V : struct, ILane<V> => V.Exp(x - centre);
    public V Join<V>(V a, V b) where V : struct, ILane<V> => a + b;
    public T Across<V, T>(V value) where V : struct, ICpuLane<V, T> where T : unmanaged => V.Sum(value);
    public V Finish<V>(V total, V centre) where V : struct, ILane<V> => centre + V.Log(total);
}
