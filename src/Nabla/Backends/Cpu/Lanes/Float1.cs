using System.Runtime.CompilerServices;
using static System.BitConverter;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>One float: the same bits as an element of the vector lanes.</summary>
internal readonly unsafe struct Float1(float value) : IFloatLane<Float1>
{
    readonly float value = value;

    public static int Count { [MethodImpl(AggressiveInlining)] get => 1; }
    public static Float1 Zero { [MethodImpl(AggressiveInlining)] get => new(0); }
    public static Float1 One { [MethodImpl(AggressiveInlining)] get => new(1); }
    [MethodImpl(AggressiveInlining)] public static Float1 Constant(double value) => new((float)value);
    [MethodImpl(AggressiveInlining)] public static Float1 Broadcast(float value) => new(value);
    [MethodImpl(AggressiveInlining)] public static Float1 Bits(int pattern) => new(Int32BitsToSingle(pattern));

    [MethodImpl(AggressiveInlining)] public static Float1 operator +(Float1 a, Float1 b) => new(a.value + b.value);
    [MethodImpl(AggressiveInlining)] public static Float1 operator -(Float1 a, Float1 b) => new(a.value - b.value);
    [MethodImpl(AggressiveInlining)] public static Float1 operator *(Float1 a, Float1 b) => new(a.value * b.value);
    [MethodImpl(AggressiveInlining)] public static Float1 operator /(Float1 a, Float1 b) => new(a.value / b.value);
    [MethodImpl(AggressiveInlining)] public static Float1 operator -(Float1 a) => new(-a.value);
    [MethodImpl(AggressiveInlining)] public static Float1 operator &(Float1 a, Float1 b) => Bits(a.Pattern & b.Pattern);
    [MethodImpl(AggressiveInlining)] public static Float1 operator |(Float1 a, Float1 b) => Bits(a.Pattern | b.Pattern);

    [MethodImpl(AggressiveInlining)] public static Float1 MultiplyAdd(Float1 a, Float1 b, Float1 c) => new(MathF.FusedMultiplyAdd(a.value, b.value, c.value));
    [MethodImpl(AggressiveInlining)] public static Float1 Max(Float1 a, Float1 b) => new(MathF.Max(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Float1 Min(Float1 a, Float1 b) => new(MathF.Min(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Float1 AtMost(Float1 limit, Float1 x) => limit.value < x.value ? limit : x;
    [MethodImpl(AggressiveInlining)] public static Float1 AtLeast(Float1 limit, Float1 x) => limit.value > x.value ? limit : x;
    [MethodImpl(AggressiveInlining)] public static Float1 Abs(Float1 x) => new(MathF.Abs(x.value));
    [MethodImpl(AggressiveInlining)] public static Float1 Sqrt(Float1 x) => new(MathF.Sqrt(x.value));
    [MethodImpl(AggressiveInlining)] public static Float1 Floor(Float1 x) => new(MathF.Floor(x.value));

    [MethodImpl(AggressiveInlining)] public static Float1 LessThan(Float1 a, Float1 b) => Mask(a.value < b.value);
    [MethodImpl(AggressiveInlining)] public static Float1 LessOrEqual(Float1 a, Float1 b) => Mask(a.value <= b.value);
    [MethodImpl(AggressiveInlining)] public static Float1 Equal(Float1 a, Float1 b) => Mask(a.value == b.value);
    [MethodImpl(AggressiveInlining)] public static Float1 Select(Float1 mask, Float1 a, Float1 b) => Any(mask) ? a : b;
    [MethodImpl(AggressiveInlining)] public static bool Any(Float1 mask) => mask.Pattern < 0;

    int Pattern { [MethodImpl(AggressiveInlining)] get => SingleToInt32Bits(value); }
    [MethodImpl(AggressiveInlining)] static Float1 Mask(bool holds) => Bits(holds ? -1 : 0);

    [MethodImpl(AggressiveInlining)] public static Float1 AddBits(Float1 a, Float1 b) => Bits(a.Pattern + b.Pattern);
    [MethodImpl(AggressiveInlining)] public static Float1 SubtractBits(Float1 a, Float1 b) => Bits(a.Pattern - b.Pattern);
    [MethodImpl(AggressiveInlining)] public static Float1 ShiftLeft(Float1 bits, int count) => Bits(bits.Pattern << count);
    [MethodImpl(AggressiveInlining)] public static Float1 ShiftRight(Float1 bits, int count) => Bits(bits.Pattern >> count);
    [MethodImpl(AggressiveInlining)] public static Float1 FromInteger(Float1 bits) => new(bits.Pattern);
    [MethodImpl(AggressiveInlining)] public static Float1 Scale(Float1 x, Float1 n) => FloatMath<Float1>.ScaleTwice(x, n);

    [MethodImpl(AggressiveInlining)] public static Float1 Lookup(float* table, Float1 index) => new(table[index.Pattern & 15]);

    [MethodImpl(AggressiveInlining)] public static Float1 Even(Float1 a, Float1 b) => a;
    [MethodImpl(AggressiveInlining)] public static Float1 Odd(Float1 a, Float1 b) => b;
    [MethodImpl(AggressiveInlining)] public static Float1 ZipLow(Float1 a, Float1 b) => a;
    [MethodImpl(AggressiveInlining)] public static Float1 ZipHigh(Float1 a, Float1 b) => b;

    [MethodImpl(AggressiveInlining)] public static Float1 Load(float* source) => new(*source);
    [MethodImpl(AggressiveInlining)] public static void Store(float* target, Float1 value) => *target = value.value;
    [MethodImpl(AggressiveInlining)] public static Float1 LoadPart(float* source, int count) => new(*source);
    [MethodImpl(AggressiveInlining)] public static void StorePart(float* target, Float1 value, int count) => *target = value.value;
    [MethodImpl(AggressiveInlining)] public static Float1 First(int count) => Mask(true);
    [MethodImpl(AggressiveInlining)] public static float Sum(Float1 value) => value.value;
    [MethodImpl(AggressiveInlining)] public static float Largest(Float1 value) => value.value;
    [MethodImpl(AggressiveInlining)] public static float Smallest(Float1 value) => value.value;
    [MethodImpl(AggressiveInlining)] public static Float1 LoadMask(byte* source, int count) => Mask(*source != 0);
    [MethodImpl(AggressiveInlining)] public static void StoreMask(byte* target, Float1 mask, int count) => *target = Any(mask) ? (byte)1 : (byte)0;
}
