using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu;

/// <summary>The vectors this process uses: for float32 the widest, for float64 the usual ones where they multiply and add at once, without which single doubles are as fast.</summary>
internal static class Simd
{
    public static bool Has512 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;
    public static bool Has256 => Vector256.IsHardwareAccelerated && Fma.IsSupported;
    public static bool HasDoubles => Vector.IsHardwareAccelerated && (Fma.IsSupported || AdvSimd.Arm64.IsSupported);
}
