using System.Runtime.InteropServices;

namespace Nabla.Backends.Cpu.Products;

/// <summary>
/// What a micro-kernel computes: C[r, j] = Start[r, j] + Σₚ A[r·ARow + p·AStep] · B[p·BStep + j]. All strides count floats.
/// </summary>
internal unsafe struct ProductTile
{
    /// <summary>Two registers of the widest kind: what a row of a tile begins with, at most.</summary>
    public const int StartLength = 32;

    /// <summary>So many zeros: where accumulators begin that begin at 0.</summary>
    public static readonly float* Zeros = AllocateZeros();

    public nint Depth;
    public float* A;
    public nint ARow, AStep;
    public float* B;
    public nint BStep;
    /// <summary>What to fetch into the caches meanwhile, a cache line for each step of the depth: B of tiles to come.</summary>
    public float* Ahead;
    public float* C;
    public nint CRow;
    /// <summary>Where the accumulators begin: zeros or the bias with StartRow 0, or C itself.</summary>
    public float* Start;
    public nint StartRow;
    /// <summary>At most two registers.</summary>
    public int Columns;

    private static float* AllocateZeros()
    {
        var zeros = (float*)NativeMemory.AlignedAlloc(StartLength * sizeof(float), 64);
        new Span<float>(zeros, StartLength).Clear();
        return zeros;
    }
}

/// <summary>Whether all of a tile's second register of columns is there, known when its kernel is compiled.</summary>
internal interface ISecondRegister
{
    static abstract bool IsWhole { get; }
}

internal readonly struct WholeRegister : ISecondRegister { public static bool IsWhole => true; }
internal readonly struct PartRegister : ISecondRegister { public static bool IsWhole => false; }

/// <summary>The number of rows of a tile, known when its kernel is compiled.</summary>
internal interface ITileRows
{
    static abstract int Count { get; }
}

internal readonly struct Rows1 : ITileRows { public static int Count => 1; }
internal readonly struct Rows2 : ITileRows { public static int Count => 2; }
internal readonly struct Rows3 : ITileRows { public static int Count => 3; }
internal readonly struct Rows4 : ITileRows { public static int Count => 4; }
internal readonly struct Rows5 : ITileRows { public static int Count => 5; }
internal readonly struct Rows6 : ITileRows { public static int Count => 6; }
internal readonly struct Rows7 : ITileRows { public static int Count => 7; }
internal readonly struct Rows8 : ITileRows { public static int Count => 8; }
internal readonly struct Rows9 : ITileRows { public static int Count => 9; }
internal readonly struct Rows10 : ITileRows { public static int Count => 10; }
internal readonly struct Rows11 : ITileRows { public static int Count => 11; }
internal readonly struct Rows12 : ITileRows { public static int Count => 12; }
internal readonly struct Rows13 : ITileRows { public static int Count => 13; }
internal readonly struct Rows14 : ITileRows { public static int Count => 14; }
internal readonly struct Rows15 : ITileRows { public static int Count => 15; }
internal readonly struct Rows16 : ITileRows { public static int Count => 16; }
