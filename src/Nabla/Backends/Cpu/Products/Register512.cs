using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu.Products;

/// <summary>AVX-512: 32 registers of 16 floats.</summary>
internal readonly unsafe struct Register512 : IProductRegister<Vector512<float>>
{
    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;
    public static int Count => 16;
    public static int WideRows => 12;
    public static int NarrowRows => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LoadPart(float* source, int count) =>
        Avx512F.MaskLoad(source, Mask(count), Vector512<float>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector512<float> value) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePart(float* target, Vector512<float> value, int count) => Avx512F.MaskStore(target, Mask(count), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float* source) => Vector512.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Create(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) => Avx512F.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Mask(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, nint stride, int rows, float* target, nint step)
    {
        var last = source + (rows - 1) * stride;
        var (a0, a1, a2, a3) = FourRows(source, stride, last);
        var (b0, b1, b2, b3) = FourRows(source + 4 * stride, stride, last);
        var (c0, c1, c2, c3) = FourRows(source + 8 * stride, stride, last);
        var (d0, d1, d2, d3) = FourRows(source + 12 * stride, stride, last);
        var (x0, x4, x8, x12) = Quarters(a0, b0, c0, d0);
        var (x1, x5, x9, x13) = Quarters(a1, b1, c1, d1);
        var (x2, x6, x10, x14) = Quarters(a2, b2, c2, d2);
        var (x3, x7, x11, x15) = Quarters(a3, b3, c3, d3);
        StoreFour(target, step, x0, x1, x2, x3);
        StoreFour(target + 4 * step, step, x4, x5, x6, x7);
        StoreFour(target + 8 * step, step, x8, x9, x10, x11);
        StoreFour(target + 12 * step, step, x12, x13, x14, x15);
    }

    /// <summary>Transposes each 4 × 4 block of four rows. Rows beyond the last repeat it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>) FourRows(float* source, nint stride, float* last)
    {
        var r0 = Vector512.Load(source < last ? source : last);
        source += stride;
        var r1 = Vector512.Load(source < last ? source : last);
        source += stride;
        var r2 = Vector512.Load(source < last ? source : last);
        source += stride;
        var r3 = Vector512.Load(source < last ? source : last);
        var low01 = Avx512F.UnpackLow(r0, r1).AsDouble();
        var high01 = Avx512F.UnpackHigh(r0, r1).AsDouble();
        var low23 = Avx512F.UnpackLow(r2, r3).AsDouble();
        var high23 = Avx512F.UnpackHigh(r2, r3).AsDouble();
        return (Avx512F.UnpackLow(low01, low23).AsSingle(), Avx512F.UnpackHigh(low01, low23).AsSingle(),
            Avx512F.UnpackLow(high01, high23).AsSingle(), Avx512F.UnpackHigh(high01, high23).AsSingle());
    }

    /// <summary>Transposes the 4 × 4 matrix whose elements are quarters of a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>) Quarters(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        var evenAb = Avx512F.Shuffle4x128(a, b, 0x88);
        var evenCd = Avx512F.Shuffle4x128(c, d, 0x88);
        var oddAb = Avx512F.Shuffle4x128(a, b, 0xDD);
        var oddCd = Avx512F.Shuffle4x128(c, d, 0xDD);
        return (Avx512F.Shuffle4x128(evenAb, evenCd, 0x88), Avx512F.Shuffle4x128(oddAb, oddCd, 0x88),
            Avx512F.Shuffle4x128(evenAb, evenCd, 0xDD), Avx512F.Shuffle4x128(oddAb, oddCd, 0xDD));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void StoreFour(float* target, nint step, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        a.Store(target);
        b.Store(target + step);
        c.Store(target + 2 * step);
        d.Store(target + 3 * step);
    }
}
