using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Cli.Doctor;

/// <summary>What the processor is and can do.</summary>
static class Hardware
{
    /// <summary>The processor's name as its maker gives it.</summary>
    public static string ProcessorName()
    {
        const string list = "/proc/cpuinfo";
        var name = File.Exists(list)
            ? File.ReadLines(list).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER");
        return string.IsNullOrEmpty(name) ? RuntimeInformation.ProcessArchitecture.ToString() : name;
    }

    /// <summary>The vectors that Nabla's kernels use in this process: the widest that both the processor and .NET's settings allow.</summary>
    public static string Vectors() =>
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? "AVX-512 (16 floats)"
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? "AVX2 and FMA (8 floats)"
        : Vector128.IsHardwareAccelerated ? "128 bits (4 floats)" : "none (scalar)";

    /// <summary>The instruction sets that .NET uses here, of those that matter to numbers.</summary>
    public static IReadOnlyList<string> InstructionSets() =>
    [
        .. new (string Name, bool Supported)[]
        {
            ("SSE4.2", Sse42.IsSupported), ("AVX", Avx.IsSupported), ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX-512F", Avx512F.IsSupported),
            ("AVX-512BW", Avx512BW.IsSupported), ("AVX-512DQ", Avx512DQ.IsSupported), ("AVX-512VBMI", Avx512Vbmi.IsSupported), ("AVX10.1", Avx10v1.IsSupported),
            ("NEON", AdvSimd.IsSupported), ("ARM dot product", Dp.IsSupported),
        }.Where(set => set.Supported).Select(set => set.Name),
    ];
}
