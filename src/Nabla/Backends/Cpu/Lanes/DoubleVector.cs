using System.Numerics;
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>As many doubles as this processor's usual register holds: 4 with AVX2, else 2.</summary>
internal readonly unsafe partial struct DoubleVector(Vector<double> value) : ICpuLane<DoubleVector, double>
{
    readonly Vector<double> value = value;

    public static int Count { [MethodImpl(AggressiveInlining)] get => Vector<double>.Count; }
    public static DoubleVector Zero { [MethodImpl(AggressiveInlining)] get => new(Vector<double>.Zero); }
    public static DoubleVector One { [MethodImpl(AggressiveInlining)] get => new(Vector<double>.One); }
    [MethodImpl(AggressiveInlining)] public static DoubleVector Constant(double value) => new(Vector.Create(value));
    [MethodImpl(AggressiveInlining)] public static DoubleVector Broadcast(double value) => new(Vector.Create(value));

    [MethodImpl(AggressiveInlining)] public static DoubleVector operator +(DoubleVector a, DoubleVector b) => new(a.value + b.value);
    [MethodImpl(AggressiveInlining)] public static DoubleVector operator -(DoubleVector a, DoubleVector b) => new(a.value - b.value);
    [MethodImpl(AggressiveInlining)] public static DoubleVector operator *(DoubleVector a, DoubleVector b) => new(a.value * b.value);
    [MethodImpl(AggressiveInlining)] public static DoubleVector operator /(DoubleVector a, DoubleVector b) => new(a.value / b.value);
    [MethodImpl(AggressiveInlining)] public static DoubleVector operator -(DoubleVector a) => new(-a.value);

    [MethodImpl(AggressiveInlining)]
    public static DoubleVector MultiplyAdd(DoubleVector a, DoubleVector b, DoubleVector c) => new(Vector.MultiplyAddEstimate(a.value, b.value, c.value));
    [MethodImpl(AggressiveInlining)] public static DoubleVector Max(DoubleVector a, DoubleVector b) => new(Vector.Max(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static DoubleVector Min(DoubleVector a, DoubleVector b) => new(Vector.Min(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static DoubleVector Abs(DoubleVector x) => new(Vector.Abs(x.value));
    [MethodImpl(AggressiveInlining)] public static DoubleVector Sqrt(DoubleVector x) => new(Vector.SquareRoot(x.value));
    [MethodImpl(AggressiveInlining)] public static DoubleVector Floor(DoubleVector x) => new(Vector.Floor(x.value));
    [MethodImpl(AggressiveInlining)] public static DoubleVector Log1p(DoubleVector x) => DoubleMath.Log1p(x);
    [MethodImpl(AggressiveInlining)] public static DoubleVector Erf(DoubleVector x) => DoubleMath.Erf(x);

    [MethodImpl(AggressiveInlining)] public static DoubleVector LessThan(DoubleVector a, DoubleVector b) => new(Vector.LessThan(a.value, b.value).As<long, double>());
    [MethodImpl(AggressiveInlining)] public static DoubleVector LessOrEqual(DoubleVector a, DoubleVector b) => new(Vector.LessThanOrEqual(a.value, b.value).As<long, double>());
    [MethodImpl(AggressiveInlining)] public static DoubleVector Equal(DoubleVector a, DoubleVector b) => new(Vector.Equals(a.value, b.value).As<long, double>());
    [MethodImpl(AggressiveInlining)]
    public static DoubleVector Select(DoubleVector mask, DoubleVector a, DoubleVector b) => new(Vector.ConditionalSelect(mask.value, a.value, b.value));

    [MethodImpl(AggressiveInlining)] public static DoubleVector Load(double* source) => new(Vector.Load(source));
    [MethodImpl(AggressiveInlining)] public static void Store(double* target, DoubleVector value) => value.value.Store(target);

    [MethodImpl(AggressiveInlining)]
    public static DoubleVector LoadPart(double* source, int count)
    {
        var value = default(DoubleVector);
        Unsafe.CopyBlockUnaligned(&value, source, (uint)count * sizeof(double));
        return value;
    }

    [MethodImpl(AggressiveInlining)]
    public static void StorePart(double* target, DoubleVector value, int count) => Unsafe.CopyBlockUnaligned(target, &value, (uint)count * sizeof(double));

    [MethodImpl(AggressiveInlining)]
    public static DoubleVector First(int count) => new(Vector.LessThan(Vector<long>.Indices, Vector.Create((long)count)).As<long, double>());

    [MethodImpl(AggressiveInlining)] public static double Sum(DoubleVector value) => Vector.Sum(value.value);

    public static double Largest(DoubleVector value)
    {
        var largest = value.value[0];
        for (var i = 1; i < Count; i++) largest = Math.Max(largest, value.value[i]);
        return largest;
    }

    public static double Smallest(DoubleVector value)
    {
        var smallest = value.value[0];
        for (var i = 1; i < Count; i++) smallest = Math.Min(smallest, value.value[i]);
        return smallest;
    }

    [MethodImpl(AggressiveInlining)]
    public static DoubleVector LoadMask(byte* source, int count)
    {
        var mask = default(Vector<long>);
        for (var i = 0; i < count; i++) ((long*)&mask)[i] = source[i] == 0 ? 0 : -1;
        return new(mask.As<long, double>());
    }

    [MethodImpl(AggressiveInlining)]
    public static void StoreMask(byte* target, DoubleVector mask, int count)
    {
        for (var i = 0; i < count; i++) target[i] = (byte)(((long*)&mask)[i] & 1);
    }
}
