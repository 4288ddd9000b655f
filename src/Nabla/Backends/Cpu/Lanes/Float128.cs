using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>Four floats in a 128-bit register.</summary>
internal readonly unsafe struct Float128(Vector128<float> value) : IFloatLane<Float128>
{
    readonly Vector128<float> value = value;

    internal Vector128<float> Value { [MethodImpl(AggressiveInlining)] get => value; }

    public static int Count { [MethodImpl(AggressiveInlining)] get => 4; }
    public static Float128 Zero { [MethodImpl(AggressiveInlining)] get => new(Vector128<float>.Zero); }
    public static Float128 One { [MethodImpl(AggressiveInlining)] get => new(Vector128<float>.One); }
    [MethodImpl(AggressiveInlining)] public static Float128 Constant(double value) => new(Vector128.Create((float)value));
    [MethodImpl(AggressiveInlining)] public static Float128 Broadcast(float value) => new(Vector128.Create(value));
    [MethodImpl(AggressiveInlining)] public static Float128 Bits(int pattern) => new(Vector128.Create(pattern).AsSingle());

    [MethodImpl(AggressiveInlining)] public static Float128 operator +(Float128 a, Float128 b) => new(a.value + b.value);
    [MethodImpl(AggressiveInlining)] public static Float128 operator -(Float128 a, Float128 b) => new(a.value - b.value);
    [MethodImpl(AggressiveInlining)] public static Float128 operator *(Float128 a, Float128 b) => new(a.value * b.value);
    [MethodImpl(AggressiveInlining)] public static Float128 operator /(Float128 a, Float128 b) => new(a.value / b.value);
    [MethodImpl(AggressiveInlining)] public static Float128 operator -(Float128 a) => new(-a.value);
    [MethodImpl(AggressiveInlining)] public static Float128 operator &(Float128 a, Float128 b) => new(a.value & b.value);
    [MethodImpl(AggressiveInlining)] public static Float128 operator |(Float128 a, Float128 b) => new(a.value | b.value);

    [MethodImpl(AggressiveInlining)]
    public static Float128 MultiplyAdd(Float128 a, Float128 b, Float128 c) => new(Vector128.FusedMultiplyAdd(a.value, b.value, c.value));
    [MethodImpl(AggressiveInlining)] public static Float128 Max(Float128 a, Float128 b) => new(Vector128.Max(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Float128 Min(Float128 a, Float128 b) => new(Vector128.Min(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Float128 AtMost(Float128 limit, Float128 x) => new(Vector128.MinNative(limit.value, x.value));
    [MethodImpl(AggressiveInlining)] public static Float128 AtLeast(Float128 limit, Float128 x) => new(Vector128.MaxNative(limit.value, x.value));
    [MethodImpl(AggressiveInlining)] public static Float128 Abs(Float128 x) => new(Vector128.Abs(x.value));
    [MethodImpl(AggressiveInlining)] public static Float128 Sqrt(Float128 x) => new(Vector128.Sqrt(x.value));
    [MethodImpl(AggressiveInlining)] public static Float128 Floor(Float128 x) => new(Vector128.Floor(x.value));

    [MethodImpl(AggressiveInlining)] public static Float128 LessThan(Float128 a, Float128 b) => new(Vector128.LessThan(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Float128 LessOrEqual(Float128 a, Float128 b) => new(Vector128.LessThanOrEqual(a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static Float128 Equal(Float128 a, Float128 b) => new(Vector128.Equals(a.value, b.value));
    [MethodImpl(AggressiveInlining)]
    public static Float128 Select(Float128 mask, Float128 a, Float128 b) => new(Vector128.ConditionalSelect(mask.value, a.value, b.value));
    [MethodImpl(AggressiveInlining)] public static bool Any(Float128 mask) => Vector128.ExtractMostSignificantBits(mask.value) != 0;

    [MethodImpl(AggressiveInlining)] public static Float128 AddBits(Float128 a, Float128 b) => new((a.value.AsInt32() + b.value.AsInt32()).AsSingle());
    [MethodImpl(AggressiveInlining)] public static Float128 SubtractBits(Float128 a, Float128 b) => new((a.value.AsInt32() - b.value.AsInt32()).AsSingle());
    [MethodImpl(AggressiveInlining)] public static Float128 ShiftLeft(Float128 bits, int count) => new((bits.value.AsInt32() << count).AsSingle());
    [MethodImpl(AggressiveInlining)] public static Float128 ShiftRight(Float128 bits, int count) => new((bits.value.AsInt32() >> count).AsSingle());
    [MethodImpl(AggressiveInlining)] public static Float128 FromInteger(Float128 bits) => new(Vector128.ConvertToSingle(bits.value.AsInt32()));
    [MethodImpl(AggressiveInlining)]
    public static Float128 Scale(Float128 x, Float128 n) => FloatMath<Float128>.ScaleTwice(x, n);

    [MethodImpl(AggressiveInlining)]
    public static Float128 Lookup(float* table, Float128 index)
    {
        var at = index.value.AsInt32() & Vector128.Create(15);
        return new(Vector128.Create(table[at[0]], table[at[1]], table[at[2]], table[at[3]]));
    }

    [MethodImpl(AggressiveInlining)] public static Float128 Even(Float128 a, Float128 b) => Halves(a, b, Vector128.Create(0, 2, 0, 2));
    [MethodImpl(AggressiveInlining)] public static Float128 Odd(Float128 a, Float128 b) => Halves(a, b, Vector128.Create(1, 3, 1, 3));
    [MethodImpl(AggressiveInlining)] public static Float128 ZipLow(Float128 a, Float128 b) => Zip(a.value.GetLower(), b.value.GetLower());
    [MethodImpl(AggressiveInlining)] public static Float128 ZipHigh(Float128 a, Float128 b) => Zip(a.value.GetUpper(), b.value.GetUpper());

    [MethodImpl(AggressiveInlining)]
    static Float128 Halves(Float128 a, Float128 b, Vector128<int> order) => new(Vector128.Create(Vector128.Shuffle(a.value, order).GetLower(), Vector128.Shuffle(b.value, order).GetLower()));

    [MethodImpl(AggressiveInlining)]
    static Float128 Zip(Vector64<float> a, Vector64<float> b) => new(Vector128.Shuffle(Vector128.Create(a, b), Vector128.Create(0, 2, 1, 3)));

    [MethodImpl(AggressiveInlining)] public static Float128 Load(float* source) => new(Vector128.Load(source));
    [MethodImpl(AggressiveInlining)] public static void Store(float* target, Float128 value) => value.value.Store(target);

    [MethodImpl(AggressiveInlining)]
    public static Float128 LoadPart(float* source, int count)
    {
        if (Avx.IsSupported)
            return new(Avx.MaskLoad(source, First(count).value));
        var value = default(Float128);
        Unsafe.CopyBlockUnaligned(&value, source, (uint)count * sizeof(float));
        return value;
    }

    [MethodImpl(AggressiveInlining)]
    public static void StorePart(float* target, Float128 value, int count)
    {
        if (Avx.IsSupported)
            Avx.MaskStore(target, First(count).value, value.value);
        else
            Unsafe.CopyBlockUnaligned(target, &value, (uint)count * sizeof(float));
    }

    [MethodImpl(AggressiveInlining)]
    public static Float128 First(int count) => new(Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).AsSingle());

    [MethodImpl(AggressiveInlining)]
    public static float Sum(Float128 value)
    {
        var pairs = value.value + Vector128.Shuffle(value.value, Vector128.Create(2, 3, 0, 1));
        return pairs[0] + pairs[1];
    }

    [MethodImpl(AggressiveInlining)]
    public static float Largest(Float128 value) => MathF.Max(MathF.Max(value.value[0], value.value[1]), MathF.Max(value.value[2], value.value[3]));
    [MethodImpl(AggressiveInlining)]
    public static float Smallest(Float128 value) => MathF.Min(MathF.Min(value.value[0], value.value[1]), MathF.Min(value.value[2], value.value[3]));

    [MethodImpl(AggressiveInlining)]
    public static Float128 LoadMask(byte* source, int count)
    {
        var bytes = count == 4 ? Vector128.CreateScalarUnsafe(*(uint*)source).AsByte() : MaskBytes.LoadPart(source, count);
        var integers = Vector128.WidenLower(Vector128.WidenLower(bytes));
        return new((~Vector128.Equals(integers, Vector128<uint>.Zero)).AsSingle());
    }

    [MethodImpl(AggressiveInlining)]
    public static void StoreMask(byte* target, Float128 mask, int count)
    {
        var bytes = (uint)MaskBytes.Spread((byte)Vector128.ExtractMostSignificantBits(mask.value));
        if (count == 4)
            *(uint*)target = bytes;
        else
            Unsafe.CopyBlockUnaligned(target, &bytes, (uint)count);
    }
}
