using System.Runtime.CompilerServices;
using static System.BitConverter;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>One double, computed to full double precision.</summary>
internal readonly unsafe struct Double1(double value) : ICpuLane<Double1, double>
{
    readonly double value = value;

    public static int Count { [MethodImpl(AggressiveInlining)] get => 1; }
    public static Double1 Zero { [MethodImpl(AggressiveInlining)] get => new(0); }
    public static Double1 One { [MethodImpl(AggressiveInlining)] get => new(1); }
    [MethodImpl(AggressiveInlining)] public static Double1 Constant(double value) => new(value);
    [MethodImpl(AggressiveInlining)] public static Double1 Broadcast(double value) => new(value);

    [MethodImpl(AggressiveInlining)] public static Double1 operator +(Double1 a, Double1 b) => new(a.value + b.value);
    [MethodImpl(AggressiveInlining)] public static Double1 operator -(Double1 a, Double1 b) => new(a.value - b.value);
    [MethodImpl(AggressiveInlining)] public static Double1 operator *(Double1 a, Double1 b) => new(a.value * b.value);
    [MethodImpl(AggressiveInlining)] public static Double1 operator /(Double1 a, Double1 b) => new(a.value / b.value);
    [MethodImpl(AggressiveInlining)] public static Double1 operator -(Double1 a) => new(-a.value);

    [MethodImpl(AggressiveInlining)]
    public static Double1 MultiplyAdd(Double1 a, Double1 b, Double1 c) => new(Math.FusedMultiplyAdd(a.value, b.value, c.value));
    [MethodImpl(AggressiveInlining)] public static Double1 Max(Double1 a, Double1 b) => new(Math.Max(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Double1 Min(Double1 a, Double1 b) => new(Math.Min(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Double1 Abs(Double1 x) => new(Math.Abs(x.value));
    [MethodImpl(AggressiveInlining)] public static Double1 Sqrt(Double1 x) => new(Math.Sqrt(x.value));
    [MethodImpl(AggressiveInlining)] public static Double1 Exp(Double1 x) => new(Math.Exp(x.value));
    [MethodImpl(AggressiveInlining)] public static Double1 Log(Double1 x) => new(Math.Log(x.value));
    [MethodImpl(AggressiveInlining)] public static Double1 Log1p(Double1 x) => DoubleMath.Log1p(x);
    [MethodImpl(AggressiveInlining)] public static Double1 Sin(Double1 x) => new(Math.Sin(x.value));
    [MethodImpl(AggressiveInlining)] public static Double1 Cos(Double1 x) => new(Math.Cos(x.value));
    [MethodImpl(AggressiveInlining)] public static Double1 Tanh(Double1 x) => new(Math.Tanh(x.value));
    [MethodImpl(AggressiveInlining)] public static Double1 Erf(Double1 x) => DoubleMath.Erf(x);
    [MethodImpl(AggressiveInlining)] public static Double1 Pow(Double1 x, Double1 exponent) => new(Math.Pow(x.value, exponent.value));
    [MethodImpl(AggressiveInlining)] public static Double1 Floor(Double1 x) => new(Math.Floor(x.value));

    [MethodImpl(AggressiveInlining)] public static Double1 LessThan(Double1 a, Double1 b) => Mask(a.value < b.value);
    [MethodImpl(AggressiveInlining)] public static Double1 LessOrEqual(Double1 a, Double1 b) => Mask(a.value <= b.value);
    [MethodImpl(AggressiveInlining)] public static Double1 Equal(Double1 a, Double1 b) => Mask(a.value == b.value);
    [MethodImpl(AggressiveInlining)] public static Double1 Select(Double1 mask, Double1 a, Double1 b) => Holds(mask) ? a : b;

    [MethodImpl(AggressiveInlining)] static Double1 Mask(bool holds) => new(Int64BitsToDouble(holds ? -1 : 0));
    [MethodImpl(AggressiveInlining)] static bool Holds(Double1 mask) => DoubleToInt64Bits(mask.value) < 0;

    [MethodImpl(AggressiveInlining)] public static Double1 Load(double* source) => new(*source);
    [MethodImpl(AggressiveInlining)] public static void Store(double* target, Double1 value) => *target = value.value;
    [MethodImpl(AggressiveInlining)] public static Double1 LoadPart(double* source, int count) => new(*source);
    [MethodImpl(AggressiveInlining)] public static void StorePart(double* target, Double1 value, int count) => *target = value.value;
    [MethodImpl(AggressiveInlining)] public static Double1 First(int count) => Mask(true);
    [MethodImpl(AggressiveInlining)] public static double Sum(Double1 value) => value.value;
    [MethodImpl(AggressiveInlining)] public static double Largest(Double1 value) => value.value;
    [MethodImpl(AggressiveInlining)] public static double Smallest(Double1 value) => value.value;
    [MethodImpl(AggressiveInlining)] public static Double1 LoadMask(byte* source, int count) => Mask(*source != 0);
    [MethodImpl(AggressiveInlining)] public static void StoreMask(byte* target, Double1 mask, int count) => *target = Holds(mask) ? (byte)1 : (byte)0;
}
