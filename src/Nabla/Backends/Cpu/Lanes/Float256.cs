using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>Eight floats in a 256-bit register.</summary>
internal readonly unsafe struct Float256(Vector256<float> value) : IFloatLane<Float256>
{
    readonly Vector256<float> value = value;

    internal Vector256<float> Value { [MethodImpl(AggressiveInlining)] get => value; }

    public static int Count { [MethodImpl(AggressiveInlining)] get => 8; }
    public static Float256 Zero { [MethodImpl(AggressiveInlining)] get => new(Vector256<float>.Zero); }
    public static Float256 One { [MethodImpl(AggressiveInlining)] get => new(Vector256<float>.One); }
    [MethodImpl(AggressiveInlining)] public static Float256 Constant(double value) => new(Vector256.Create((float)value));
    [MethodImpl(AggressiveInlining)] public static Float256 Broadcast(float value) => new(Vector256.Create(value));
    [MethodImpl(AggressiveInlining)] public static Float256 Bits(int pattern) => new(Vector256.Create(pattern).AsSingle());

    [MethodImpl(AggressiveInlining)] public static Float256 operator +(Float256 a, Float256 b) => new(a.value + b.value);
    [MethodImpl(AggressiveInlining)] public static Float256 operator -(Float256 a, Float256 b) => new(a.value - b.value);
    [MethodImpl(AggressiveInlining)] public static Float256 operator *(Float256 a, Float256 b) => new(a.value * b.value);
    [MethodImpl(AggressiveInlining)] public static Float256 operator /(Float256 a, Float256 b) => new(a.value / b.value);
    [MethodImpl(AggressiveInlining)] public static Float256 operator -(Float256 a) => new(-a.value);
    [MethodImpl(AggressiveInlining)] public static Float256 operator &(Float256 a, Float256 b) => new(a.value & b.value);
    [MethodImpl(AggressiveInlining)] public static Float256 operator |(Float256 a, Float256 b) => new(a.value | b.value);

    [MethodImpl(AggressiveInlining)]
    public static Float256 MultiplyAdd(Float256 a, Float256 b, Float256 c) => new(Vector256.FusedMultiplyAdd(a.value, b.value, c.value));
    [MethodImpl(AggressiveInlining)] public static Float256 Max(Float256 a, Float256 b) => new(Vector256.Max(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Float256 Min(Float256 a, Float256 b) => new(Vector256.Min(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Float256 AtMost(Float256 limit, Float256 x) => new(Vector256.MinNative(limit.value, x.value));
    [MethodImpl(AggressiveInlining)] public static Float256 AtLeast(Float256 limit, Float256 x) => new(Vector256.MaxNative(limit.value, x.value));
    [MethodImpl(AggressiveInlining)] public static Float256 Abs(Float256 x) => new(Vector256.Abs(x.value));
    [MethodImpl(AggressiveInlining)] public static Float256 Sqrt(Float256 x) => new(Vector256.Sqrt(x.value));
    [MethodImpl(AggressiveInlining)] public static Float256 Floor(Float256 x) => new(Vector256.Floor(x.value));

    [MethodImpl(AggressiveInlining)] public static Float256 LessThan(Float256 a, Float256 b) => new(Vector256.LessThan(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Float256 LessOrEqual(Float256 a, Float256 b) => new(Vector256.LessThanOrEqual(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Float256 Equal(Float256 a, Float256 b) => new(Vector256.Equals(a.value, b.value));
    [MethodImpl(AggressiveInlining)]
    public static Float256 Select(Float256 mask, Float256 a, Float256 b) => new(Vector256.ConditionalSelect(mask.value, a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static bool Any(Float256 mask) => Vector256.ExtractMostSignificantBits(mask.value) != 0;

    [MethodImpl(AggressiveInlining)] public static Float256 AddBits(Float256 a, Float256 b) => new((a.value.AsInt32() + b.value.AsInt32()).AsSingle());
    [MethodImpl(AggressiveInlining)] public static Float256 SubtractBits(Float256 a, Float256 b) => new((a.value.AsInt32() - b.value.AsInt32()).AsSingle());
    [MethodImpl(AggressiveInlining)] public static Float256 ShiftLeft(Float256 bits, int count) => new((bits.value.AsInt32() << count).AsSingle());
    [MethodImpl(AggressiveInlining)] public static Float256 ShiftRight(Float256 bits, int count) => new((bits.value.AsInt32() >> count).AsSingle());
    [MethodImpl(AggressiveInlining)] public static Float256 FromInteger(Float256 bits) => new(Vector256.ConvertToSingle(bits.value.AsInt32()));
    [MethodImpl(AggressiveInlining)]
    public static Float256 Scale(Float256 x, Float256 n) => FloatMath<Float256>.ScaleTwice(x, n);

    [MethodImpl(AggressiveInlining)]
    public static Float256 Lookup(float* table, Float256 index)
    {
        if (!Avx2.IsSupported)
            return new(Vector256.Create(Float128.Lookup(table, new(index.value.GetLower())).Value, Float128.Lookup(table, new(index.value.GetUpper())).Value));
        var low = Avx2.PermuteVar8x32(Vector256.Load(table), index.value.AsInt32());
        var high = Avx2.PermuteVar8x32(Vector256.Load(table + 8), index.value.AsInt32());
        return new(Avx.BlendVariable(low, high, ShiftLeft(index, 28).value));   // the fourth bit, moved to the sign, chooses the half
    }

    [MethodImpl(AggressiveInlining)] public static Float256 Even(Float256 a, Float256 b) => Halves(a, b, Vector256.Create(0, 2, 4, 6, 0, 2, 4, 6));
    [MethodImpl(AggressiveInlining)] public static Float256 Odd(Float256 a, Float256 b) => Halves(a, b, Vector256.Create(1, 3, 5, 7, 1, 3, 5, 7));
    [MethodImpl(AggressiveInlining)] public static Float256 ZipLow(Float256 a, Float256 b) => Zip(a.value.GetLower(), b.value.GetLower());
    [MethodImpl(AggressiveInlining)] public static Float256 ZipHigh(Float256 a, Float256 b) => Zip(a.value.GetUpper(), b.value.GetUpper());

    [MethodImpl(AggressiveInlining)]
    static Float256 Halves(Float256 a, Float256 b, Vector256<int> order) => new(Vector256.Create(Vector256.Shuffle(a.value, order).GetLower(), Vector256.Shuffle(b.value, order).GetLower()));

    [MethodImpl(AggressiveInlining)]
    static Float256 Zip(Vector128<float> a, Vector128<float> b) => new(Vector256.Shuffle(Vector256.Create(a, b), Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)));

    [MethodImpl(AggressiveInlining)] public static Float256 Load(float* source) => new(Vector256.Load(source));
    [MethodImpl(AggressiveInlining)] public static void Store(float* target, Float256 value) => value.value.Store(target);

    [MethodImpl(AggressiveInlining)]
    public static Float256 LoadPart(float* source, int count)
    {
        if (Avx.IsSupported)
            return new(Avx.MaskLoad(source, First(count).value));
        var value = default(Float256);
        Unsafe.CopyBlockUnaligned(&value, source, (uint)count * sizeof(float));
        return value;
    }

    [MethodImpl(AggressiveInlining)]
    public static void StorePart(float* target, Float256 value, int count)
    {
        if (Avx.IsSupported)
            Avx.MaskStore(target, First(count).value, value.value);
        else
            Unsafe.CopyBlockUnaligned(target, &value, (uint)count * sizeof(float));
    }

    [MethodImpl(AggressiveInlining)]
    public static Float256 First(int count) => new(Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle());

    [MethodImpl(AggressiveInlining)] public static float Sum(Float256 value) => Float128.Sum(new(value.value.GetLower() + value.value.GetUpper()));
    [MethodImpl(AggressiveInlining)]
    public static float Largest(Float256 value) => Float128.Largest(new(Vector128.Max(value.value.GetLower(), value.value.GetUpper())));
    [MethodImpl(AggressiveInlining)]
    public static float Smallest(Float256 value) => Float128.Smallest(new(Vector128.Min(value.value.GetLower(), value.value.GetUpper())));

    [MethodImpl(AggressiveInlining)]
    public static Float256 LoadMask(byte* source, int count)
    {
        var bytes = count == 8 ? Vector128.CreateScalarUnsafe(*(ulong*)source).AsByte() : MaskBytes.LoadPart(source, count);
        var integers = Vector256.WidenLower(Vector128.WidenLower(bytes).ToVector256());
        return new((~Vector256.Equals(integers, Vector256<uint>.Zero)).AsSingle());
    }

    [MethodImpl(AggressiveInlining)]
    public static void StoreMask(byte* target, Float256 mask, int count)
    {
        var bytes = MaskBytes.Spread((byte)Vector256.ExtractMostSignificantBits(mask.value));
        if (count == 8)
            *(ulong*)target = bytes;
        else
            Unsafe.CopyBlockUnaligned(target, &bytes, (uint)count);
    }
}
