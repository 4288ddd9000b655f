using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Nabla.Backends.Cpu.Products;

/// <summary>128-bit vectors of any processor: SSE with 16 registers, NEON with 32.</summary>
internal readonly unsafe struct Register128 : IProductRegister<Vector128<float>>
{
    public static bool IsSupported => Vector128.IsHardwareAccelerated;
    public static int Count => 4;
    public static int WideRows => AdvSimd.IsSupported ? 12 : 6;
    public static int NarrowRows => 12;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    public static Vector128<float> LoadPart(float* source, int count)
    {
        var part = Vector128<float>.Zero;
        for (var i = 0; i < count; i++) ((float*)&part)[i] = source[i];
        return part;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector128<float> value) => value.Store(target);

    public static void StorePart(float* target, Vector128<float> value, int count)
    {
        for (var i = 0; i < count; i++) target[i] = value.GetElement(i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float* source) => Vector128.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Create(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    // SSE cannot fuse, and a fused product in software is a hundred times slower.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) => Vector128.MultiplyAddEstimate(a, b, c);

    public static void Transpose(float* source, nint stride, int rows, float* target, nint step)
    {
        for (var column = 0; column < 4; column++, source++, target += step)
        {
            for (var row = 0; row < rows; row++) target[row] = source[row * stride];
        }
    }
}
