using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>One 64-bit integer: arithmetic and comparison; a transcendental function of an integer is an error.</summary>
internal readonly unsafe struct Int64Lane(long value) : ICpuLane<Int64Lane, long>
{
    readonly long value = value;

    public static int Count { [MethodImpl(AggressiveInlining)] get => 1; }
    public static Int64Lane Zero { [MethodImpl(AggressiveInlining)] get => new(0); }
    public static Int64Lane One { [MethodImpl(AggressiveInlining)] get => new(1); }
    /// <summary>Beyond the range: the nearest. A fraction is an error: cut off, it would give a wrong result without a word.</summary>
    [MethodImpl(AggressiveInlining)] public static Int64Lane Constant(double value) => value == Math.Floor(value) ? new((long)value) : throw NeedsFloat($"a formula with the number {value}");
    [MethodImpl(AggressiveInlining)] public static Int64Lane Broadcast(long value) => new(value);

    [MethodImpl(AggressiveInlining)] public static Int64Lane operator +(Int64Lane a, Int64Lane b) => new(a.value + b.value);
    [MethodImpl(AggressiveInlining)] public static Int64Lane operator -(Int64Lane a, Int64Lane b) => new(a.value - b.value);
    [MethodImpl(AggressiveInlining)] public static Int64Lane operator *(Int64Lane a, Int64Lane b) => new(a.value * b.value);
    [MethodImpl(AggressiveInlining)] public static Int64Lane operator /(Int64Lane a, Int64Lane b) => new(a.value / b.value);
    [MethodImpl(AggressiveInlining)] public static Int64Lane operator -(Int64Lane a) => new(-a.value);

    [MethodImpl(AggressiveInlining)] public static Int64Lane MultiplyAdd(Int64Lane a, Int64Lane b, Int64Lane c) => new(a.value * b.value + c.value);
    [MethodImpl(AggressiveInlining)] public static Int64Lane Max(Int64Lane a, Int64Lane b) => new(Math.Max(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Int64Lane Min(Int64Lane a, Int64Lane b) => new(Math.Min(a.value, b.value));
    /// <summary>|x|; the smallest integer has no positive twin and stays as it is.</summary>
    [MethodImpl(AggressiveInlining)] public static Int64Lane Abs(Int64Lane x) => new(x.value < 0 ? -x.value : x.value);
    [MethodImpl(AggressiveInlining)] public static Int64Lane Floor(Int64Lane x) => x;
    public static Int64Lane Sqrt(Int64Lane x) => throw NeedsFloat("sqrt");
    public static Int64Lane Exp(Int64Lane x) => throw NeedsFloat("exp");
    public static Int64Lane Log(Int64Lane x) => throw NeedsFloat("log");
    public static Int64Lane Log1p(Int64Lane x) => throw NeedsFloat("log1p");
    public static Int64Lane Sin(Int64Lane x) => throw NeedsFloat("sin");
    public static Int64Lane Cos(Int64Lane x) => throw NeedsFloat("cos");
    public static Int64Lane Tanh(Int64Lane x) => throw NeedsFloat("tanh");
    public static Int64Lane Erf(Int64Lane x) => throw NeedsFloat("erf");
    public static Int64Lane Pow(Int64Lane x, Int64Lane exponent) => throw NeedsFloat("pow");
    static NotSupportedException NeedsFloat(string function) => new($"{function} of int64: convert first, x.To(DType.Float32).");

    [MethodImpl(AggressiveInlining)] public static Int64Lane LessThan(Int64Lane a, Int64Lane b) => Mask(a.value < b.value);
    [MethodImpl(AggressiveInlining)] public static Int64Lane LessOrEqual(Int64Lane a, Int64Lane b) => Mask(a.value <= b.value);
    [MethodImpl(AggressiveInlining)] public static Int64Lane Equal(Int64Lane a, Int64Lane b) => Mask(a.value == b.value);
    [MethodImpl(AggressiveInlining)] public static Int64Lane Select(Int64Lane mask, Int64Lane a, Int64Lane b) => mask.value != 0 ? a : b;
    [MethodImpl(AggressiveInlining)] static Int64Lane Mask(bool holds) => new(holds ? -1 : 0);

    [MethodImpl(AggressiveInlining)] public static Int64Lane Load(long* source) => new(*source);
    [MethodImpl(AggressiveInlining)] public static void Store(long* target, Int64Lane value) => *target = value.value;
    [MethodImpl(AggressiveInlining)] public static Int64Lane LoadPart(long* source, int count) => new(*source);
    [MethodImpl(AggressiveInlining)] public static void StorePart(long* target, Int64Lane value, int count) => *target = value.value;
    [MethodImpl(AggressiveInlining)] public static Int64Lane First(int count) => Mask(true);
    [MethodImpl(AggressiveInlining)] public static long Sum(Int64Lane value) => value.value;
    [MethodImpl(AggressiveInlining)] public static long Largest(Int64Lane value) => value.value;
    [MethodImpl(AggressiveInlining)] public static long Smallest(Int64Lane value) => value.value;
    [MethodImpl(AggressiveInlining)] public static Int64Lane LoadMask(byte* source, int count) => Mask(*source != 0);
    [MethodImpl(AggressiveInlining)] public static void StoreMask(byte* target, Int64Lane mask, int count) => *target = mask.value != 0 ? (byte)1 : (byte)0;
}
