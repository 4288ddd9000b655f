using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>One 32-bit integer: arithmetic and comparison; a transcendental function of an integer is an error.</summary>
internal readonly unsafe struct Int32Lane(int value) : ICpuLane<Int32Lane, int>
{
    readonly int value = value;

    public static int Count { [MethodImpl(AggressiveInlining)] get => 1; }
    public static Int32Lane Zero { [MethodImpl(AggressiveInlining)] get => new(0); }
    public static Int32Lane One { [MethodImpl(AggressiveInlining)] get => new(1); }
    /// <summary>Beyond the range: the nearest. A fraction is an error: cut off, it would give a wrong result without a word.</summary>
    [MethodImpl(AggressiveInlining)] public static Int32Lane Constant(double value) => value == Math.Floor(value) ? new((int)value) : throw NeedsFloat($"a formula with the number {value}");
    [MethodImpl(AggressiveInlining)] public static Int32Lane Broadcast(int value) => new(value);

    [MethodImpl(AggressiveInlining)] public static Int32Lane operator +(Int32Lane a, Int32Lane b) => new(a.value + b.value);
    [MethodImpl(AggressiveInlining)] public static Int32Lane operator -(Int32Lane a, Int32Lane b) => new(a.value - b.value);
    [MethodImpl(AggressiveInlining)] public static Int32Lane operator *(Int32Lane a, Int32Lane b) => new(a.value * b.value);
    [MethodImpl(AggressiveInlining)] public static Int32Lane operator /(Int32Lane a, Int32Lane b) => new(a.value / b.value);
    [MethodImpl(AggressiveInlining)] public static Int32Lane operator -(Int32Lane a) => new(-a.value);

    [MethodImpl(AggressiveInlining)] public static Int32Lane MultiplyAdd(Int32Lane a, Int32Lane b, Int32Lane c) => new(a.value * b.value + c.value);
    [MethodImpl(AggressiveInlining)] public static Int32Lane Max(Int32Lane a, Int32Lane b) => new(Math.Max(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Int32Lane Min(Int32Lane a, Int32Lane b) => new(Math.Min(a.value, b.value));
    /// <summary>|x|; the smallest integer has no positive twin and stays as it is.</summary>
    [MethodImpl(AggressiveInlining)] public static Int32Lane Abs(Int32Lane x) => new(x.value < 0 ? -x.value : x.value);
    [MethodImpl(AggressiveInlining)] public static Int32Lane Floor(Int32Lane x) => x;
    public static Int32Lane Sqrt(Int32Lane x) => throw NeedsFloat("sqrt");
    public static Int32Lane Exp(Int32Lane x) => throw NeedsFloat("exp");
    public static Int32Lane Log(Int32Lane x) => throw NeedsFloat("log");
    public static Int32Lane Log1p(Int32Lane x) => throw NeedsFloat("log1p");
    public static Int32Lane Sin(Int32Lane x) => throw NeedsFloat("sin");
    public static Int32Lane Cos(Int32Lane x) => throw NeedsFloat("cos");
    public static Int32Lane Tanh(Int32Lane x) => throw NeedsFloat("tanh");
    public static Int32Lane Erf(Int32Lane x) => throw NeedsFloat("erf");
    public static Int32Lane Pow(Int32Lane x, Int32Lane exponent) => throw NeedsFloat("pow");
    static NotSupportedException NeedsFloat(string function) => new($"{function} of int32: convert first, x.To(DType.Float32).");

    [MethodImpl(AggressiveInlining)] public static Int32Lane LessThan(Int32Lane a, Int32Lane b) => Mask(a.value < b.value);
    [MethodImpl(AggressiveInlining)] public static Int32Lane LessOrEqual(Int32Lane a, Int32Lane b) => Mask(a.value <= b.value);
    [MethodImpl(AggressiveInlining)] public static Int32Lane Equal(Int32Lane a, Int32Lane b) => Mask(a.value == b.value);
    [MethodImpl(AggressiveInlining)] public static Int32Lane Select(Int32Lane mask, Int32Lane a, Int32Lane b) => mask.value != 0 ? a : b;
    [MethodImpl(AggressiveInlining)] static Int32Lane Mask(bool holds) => new(holds ? -1 : 0);

    [MethodImpl(AggressiveInlining)] public static Int32Lane Load(int* source) => new(*source);
    [MethodImpl(AggressiveInlining)] public static void Store(int* target, Int32Lane value) => *target = value.value;
    [MethodImpl(AggressiveInlining)] public static Int32Lane LoadPart(int* source, int count) => new(*source);
    [MethodImpl(AggressiveInlining)] public static void StorePart(int* target, Int32Lane value, int count) => *target = value.value;
    [MethodImpl(AggressiveInlining)] public static Int32Lane First(int count) => Mask(true);
    [MethodImpl(AggressiveInlining)] public static int Sum(Int32Lane value) => value.value;
    [MethodImpl(AggressiveInlining)] public static int Largest(Int32Lane value) => value.value;
    [MethodImpl(AggressiveInlining)] public static int Smallest(Int32Lane value) => value.value;
    [MethodImpl(AggressiveInlining)] public static Int32Lane LoadMask(byte* source, int count) => Mask(*source != 0);
    [MethodImpl(AggressiveInlining)] public static void StoreMask(byte* target, Int32Lane mask, int count) => *target = mask.value != 0 ? (byte)1 : (byte)0;
}
