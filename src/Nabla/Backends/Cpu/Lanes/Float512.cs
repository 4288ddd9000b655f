using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>Sixteen floats in a 512-bit register.</summary>
internal readonly unsafe struct Float512(Vector512<float> value) : IFloatLane<Float512>
{
    readonly Vector512<float> value = value;

    public static int Count { [MethodImpl(AggressiveInlining)] get => 16; }
    public static Float512 Zero { [MethodImpl(AggressiveInlining)] get => new(Vector512<float>.Zero); }
    public static Float512 One { [MethodImpl(AggressiveInlining)] get => new(Vector512<float>.One); }
    [MethodImpl(AggressiveInlining)] public static Float512 Constant(double value) => new(Vector512.Create((float)value));
    [MethodImpl(AggressiveInlining)] public static Float512 Broadcast(float value) => new(Vector512.Create(value));
    [MethodImpl(AggressiveInlining)] public static Float512 Bits(int pattern) => new(Vector512.Create(pattern).AsSingle());

    [MethodImpl(AggressiveInlining)] public static Float512 operator +(Float512 a, Float512 b) => new(a.value + b.value);
    [MethodImpl(AggressiveInlining)] public static Float512 operator -(Float512 a, Float512 b) => new(a.value - b.value);
    [MethodImpl(AggressiveInlining)] public static Float512 operator *(Float512 a, Float512 b) => new(a.value * b.value);
    [MethodImpl(AggressiveInlining)] public static Float512 operator /(Float512 a, Float512 b) => new(a.value / b.value);
    [MethodImpl(AggressiveInlining)] public static Float512 operator -(Float512 a) => new(-a.value);
    [MethodImpl(AggressiveInlining)] public static Float512 operator &(Float512 a, Float512 b) => new(a.value & b.value);
    [MethodImpl(AggressiveInlining)] public static Float512 operator |(Float512 a, Float512 b) => new(a.value | b.value);

    [MethodImpl(AggressiveInlining)]
    public static Float512 MultiplyAdd(Float512 a, Float512 b, Float512 c) => new(Vector512.FusedMultiplyAdd(a.value, b.value, c.value));
    [MethodImpl(AggressiveInlining)] public static Float512 Max(Float512 a, Float512 b) => new(Vector512.Max(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Float512 Min(Float512 a, Float512 b) => new(Vector512.Min(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Float512 AtMost(Float512 limit, Float512 x) => new(Vector512.MinNative(limit.value, x.value));
    [MethodImpl(AggressiveInlining)] public static Float512 AtLeast(Float512 limit, Float512 x) => new(Vector512.MaxNative(limit.value, x.value));
    [MethodImpl(AggressiveInlining)] public static Float512 Abs(Float512 x) => new(Vector512.Abs(x.value));
    [MethodImpl(AggressiveInlining)] public static Float512 Sqrt(Float512 x) => new(Vector512.Sqrt(x.value));
    [MethodImpl(AggressiveInlining)] public static Float512 Floor(Float512 x) => new(Vector512.Floor(x.value));

    [MethodImpl(AggressiveInlining)] public static Float512 LessThan(Float512 a, Float512 b) => new(Vector512.LessThan(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Float512 LessOrEqual(Float512 a, Float512 b) => new(Vector512.LessThanOrEqual(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Float512 Equal(Float512 a, Float512 b) => new(Vector512.Equals(a.value, b.value));
    [MethodImpl(AggressiveInlining)]
    public static Float512 Select(Float512 mask, Float512 a, Float512 b) => new(Vector512.ConditionalSelect(mask.value, a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static bool Any(Float512 mask) => Vector512.ExtractMostSignificantBits(mask.value) != 0;

    [MethodImpl(AggressiveInlining)] public static Float512 AddBits(Float512 a, Float512 b) => new((a.value.AsInt32() + b.value.AsInt32()).AsSingle());
    [MethodImpl(AggressiveInlining)] public static Float512 SubtractBits(Float512 a, Float512 b) => new((a.value.AsInt32() - b.value.AsInt32()).AsSingle());
    [MethodImpl(AggressiveInlining)] public static Float512 ShiftLeft(Float512 bits, int count) => new((bits.value.AsInt32() << count).AsSingle());
    [MethodImpl(AggressiveInlining)] public static Float512 ShiftRight(Float512 bits, int count) => new((bits.value.AsInt32() >> count).AsSingle());
    [MethodImpl(AggressiveInlining)] public static Float512 FromInteger(Float512 bits) => new(Vector512.ConvertToSingle(bits.value.AsInt32()));
    [MethodImpl(AggressiveInlining)]
    public static Float512 Scale(Float512 x, Float512 n) => Avx512F.IsSupported ? new(Avx512F.Scale(x.value, n.value)) : FloatMath<Float512>.ScaleTwice(x, n);

    [MethodImpl(AggressiveInlining)]
    public static Float512 Lookup(float* table, Float512 index) => Avx512F.IsSupported
        ? new(Avx512F.PermuteVar16x32(Vector512.Load(table), index.value.AsInt32()))
        : new(Vector512.Create(Float256.Lookup(table, new(index.value.GetLower())).Value, Float256.Lookup(table, new(index.value.GetUpper())).Value));

    [MethodImpl(AggressiveInlining)] public static Float512 Even(Float512 a, Float512 b) => Pick(a, b, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30));
    [MethodImpl(AggressiveInlining)] public static Float512 Odd(Float512 a, Float512 b) => Pick(a, b, Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31));
    [MethodImpl(AggressiveInlining)] public static Float512 ZipLow(Float512 a, Float512 b) => Pick(a, b, Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    [MethodImpl(AggressiveInlining)] public static Float512 ZipHigh(Float512 a, Float512 b) => Pick(a, b, Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31));

    /// <summary>The elements of a and, from 16 on, of b that the order names. A shuffle gives 0 where it names none.</summary>
    [MethodImpl(AggressiveInlining)]
    static Float512 Pick(Float512 a, Float512 b, Vector512<int> order) => new(Avx512F.IsSupported
        ? Avx512F.PermuteVar16x32x2(a.value, order, b.value)
        : Vector512.Shuffle(a.value, order) | Vector512.Shuffle(b.value, order - Vector512.Create(16)));

    [MethodImpl(AggressiveInlining)] public static Float512 Load(float* source) => new(Vector512.Load(source));
    [MethodImpl(AggressiveInlining)] public static void Store(float* target, Float512 value) => value.value.Store(target);

    [MethodImpl(AggressiveInlining)]
    public static Float512 LoadPart(float* source, int count)
    {
        if (Avx512F.IsSupported)
            return new(Avx512F.MaskLoad(source, First(count).value, Vector512<float>.Zero));
        var value = default(Float512);
        Unsafe.CopyBlockUnaligned(&value, source, (uint)count * sizeof(float));
        return value;
    }

    [MethodImpl(AggressiveInlining)]
    public static void StorePart(float* target, Float512 value, int count)
    {
        if (Avx512F.IsSupported)
            Avx512F.MaskStore(target, First(count).value, value.value);
        else
            Unsafe.CopyBlockUnaligned(target, &value, (uint)count * sizeof(float));
    }

    [MethodImpl(AggressiveInlining)]
    public static Float512 First(int count) => new(Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle());

    [MethodImpl(AggressiveInlining)] public static float Sum(Float512 value) => Float256.Sum(new(value.value.GetLower() + value.value.GetUpper()));
    [MethodImpl(AggressiveInlining)]
    public static float Largest(Float512 value) => Float256.Largest(new(Vector256.Max(value.value.GetLower(), value.value.GetUpper())));
    [MethodImpl(AggressiveInlining)]
    public static float Smallest(Float512 value) => Float256.Smallest(new(Vector256.Min(value.value.GetLower(), value.value.GetUpper())));

    [MethodImpl(AggressiveInlining)]
    public static Float512 LoadMask(byte* source, int count)
    {
        var bytes = count == 16 ? Vector128.Load(source) : MaskBytes.LoadPart(source, count);
        var integers = Vector512.WidenLower(Vector256.WidenLower(bytes.ToVector256()).ToVector512());
        return new((~Vector512.Equals(integers, Vector512<uint>.Zero)).AsSingle());
    }

    [MethodImpl(AggressiveInlining)]
    public static void StoreMask(byte* target, Float512 mask, int count)
    {
        var bits = Vector512.ExtractMostSignificantBits(mask.value);
        var bytes = Vector128.Create(MaskBytes.Spread((byte)bits), MaskBytes.Spread((byte)(bits >> 8))).AsByte();
        if (count == 16)
            bytes.Store(target);
        else
            Unsafe.CopyBlockUnaligned(target, &bytes, (uint)count);
    }
}
