using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu;

/// <summary>The widest vectors this process uses for float32.</summary>
internal static class Simd
{
    public static bool Has512 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported;
    public static bool Has256 => Vector256.IsHardwareAccelerated && Fma.IsSupported;
}
