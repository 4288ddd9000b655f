namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// The results of a batch of images cut into tiles of 4 × 4. The tiles beside each other in one image are a line; lines are numbered through all images, and several of them are a block.
/// </summary>
internal readonly record struct WinogradGrid(int Batch, int Rows, int Columns)
{
    public int Down => (Rows + 3) / 4;
    public int Across => (Columns + 3) / 4;
    public int Lines => Batch * Down;
}

/// <summary>Images [batch, channels, height, width] as windows read them: the window of the first tile begins <paramref name="OffsetY"/> rows and <paramref name="OffsetX"/> columns before the image.</summary>
internal readonly unsafe record struct WinogradImages(nint Address, int Batch, int Channels, int Height, int Width, int OffsetY = 0, int OffsetX = 0)
{
    public float* Data => (float*)Address;
    public nint Plane => (nint)Height * Width;
    public float* End => Data + (Batch * Channels * Plane);
}

/// <summary>
/// Transformed tiles: product k of channel c of tile t is at k · Plane + t · Row + c. Rows and planes are odd numbers of cache lines long, so that neighbouring rows, and the same tile's place in
/// neighbouring planes, fall on different sets of the cache.
/// </summary>
internal readonly unsafe record struct WinogradSpectrum(nint Address, nint Row, nint Plane)
{
    private const int CacheLine = 16;

    public WinogradSpectrum(int tiles, int channels) : this(0, OddLines(channels), OddLines(tiles * OddLines(channels))) { }

    /// <summary>With rows of one panel, which follow each other without a gap.</summary>
    public static WinogradSpectrum OfPanel(int rows, int panel) => new(0, panel, OddLines(rows * (nint)panel));

    public float* Data => (float*)Address;
    public nint Length => 36 * Plane;

    public WinogradSpectrum At(float* address) => this with { Address = (nint)address };

    private static nint OddLines(nint floats) => (((floats + CacheLine - 1) / CacheLine) | 1) * CacheLine;
}
