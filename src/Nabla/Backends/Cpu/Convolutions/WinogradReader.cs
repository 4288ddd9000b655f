using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Products;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>What is read of an image for each tile, and how it is transformed.</summary>
internal unsafe interface IWinogradWindow
{
    /// <summary>The window's height and width.</summary>
    static abstract int Size { get; }
    static abstract void Transform(float* source, nint row, float* target, nint plane, float* between);
}

/// <summary>The 6 × 6 places that a tile's results are computed from.</summary>
internal readonly unsafe struct WinogradInput<R, V> : IWinogradWindow where R : struct, IProductRegister<V> where V : struct
{
    public static int Size => WinogradTransforms<R, V>.Points;
    public static void Transform(float* source, nint row, float* target, nint plane, float* between) => WinogradTransforms<R, V>.Window(source, row, target, plane, between);
}

/// <summary>The gradients of a tile's 4 × 4 results.</summary>
internal readonly unsafe struct WinogradUpstream<R, V> : IWinogradWindow where R : struct, IProductRegister<V> where V : struct
{
    public static int Size => WinogradTransforms<R, V>.Outputs;
    public static void Transform(float* source, nint row, float* target, nint plane, float* between) => WinogradTransforms<R, V>.Upstream(source, row, target, plane, between);
}

/// <summary>
/// Transforms lines of tiles, one part per register of channels: the rows of the image that a few lines need are transposed into a small buffer [places, channels], and the windows are read from there.
/// </summary>
internal readonly unsafe struct WinogradReader<R, V, TWindow>(WinogradImages images, WinogradGrid grid, int first, int last, WinogradSpectrum target) : IPart
    where R : struct, IProductRegister<V> where V : struct where TWindow : struct, IWinogradWindow
{
    /// <summary>Floats of transposed rows that leave room for the rest in the first-level cache.</summary>
    private const int BufferFloats = 6 << 10;

    private static int Size => TWindow.Size;

    public void Run(int part)
    {
        var most = Math.Clamp(((BufferFloats / (images.Width * R.Count)) - Size) / 4, 0, grid.Down - 1) + 1;
        var pixels = Scratch.Mine.Pixels.Of((Math.Min((most * 4) + 2, images.Height) * (nint)images.Width * R.Count) + (R.Count * R.Count));
        var patch = Scratch.Mine.Small.Of(2 * 36 * R.Count);
        for (var line = first; line < last;)
        {
            var (image, row) = Math.DivRem(line, grid.Down);
            var lines = Math.Min(Math.Min(most, grid.Down - row), last - line);
            Band(part * R.Count, image, row, lines, target.Data + ((line - first) * grid.Across * target.Row) + (part * R.Count), pixels, patch);
            line += lines;
        }
    }

    private void Band(int channel, int image, int row, int lines, float* to, float* pixels, float* patch)
    {
        var top = Math.Max(0, (row * 4) - images.OffsetY);
        var bottom = Math.Min(images.Height, ((row + lines - 1) * 4) - images.OffsetY + Size);
        Transpose(images.Data + ((((nint)image * images.Channels) + channel) * images.Plane) + (top * (nint)images.Width),
            (bottom - top) * (nint)images.Width, Math.Min(R.Count, images.Channels - channel), pixels);
        for (var i = row; i < row + lines; i++)
        for (var j = 0; j < grid.Across; j++, to += target.Row)
            Tile((i * 4) - images.OffsetY, (j * 4) - images.OffsetX, top, pixels, patch, to);
    }

    /// <summary>Transforms the window at (y, x) from the rows that begin with <paramref name="top"/>.</summary>
    private void Tile(int y, int x, int top, float* pixels, float* patch, float* to)
    {
        var between = patch + (36 * R.Count);
        if (y >= 0 && x >= 0 && y + Size <= images.Height && x + Size <= images.Width)
            TWindow.Transform(pixels + ((((nint)(y - top) * images.Width) + x) * R.Count), (nint)images.Width * R.Count, to, target.Plane, between);
        else
        {
            Cut(y, x, pixels - ((nint)top * images.Width * R.Count), patch);
            TWindow.Transform(patch, Size * R.Count, to, target.Plane, between);
        }
    }

    /// <summary>Copies a window that reaches over the image's edge, with zeros there.</summary>
    [MethodImpl(AggressiveOptimization)]
    private void Cut(int y, int x, float* pixels, float* patch)
    {
        var (left, right) = (Math.Max(0, -x), Math.Min(Size, images.Width - x));
        for (var i = 0; i < Size; i++, patch += Size * R.Count)
        {
            var inside = y + i >= 0 && y + i < images.Height;
            var from = pixels + ((((nint)(y + i) * images.Width) + x) * R.Count);
            for (var j = 0; j < Size; j++)
                R.Store(patch + (j * R.Count), inside && j >= left && j < right ? R.Load(from + (j * R.Count)) : R.Create(0));
        }
    }

    /// <summary>[channels, places] → [places, register]. A register's channels beyond <paramref name="channels"/> are arbitrary.</summary>
    private void Transpose(float* source, nint places, int channels, float* to)
    {
        for (nint p = 0; p < places; p += R.Count, to += R.Count * R.Count)
        {
            // A register may reach over the end of the channel, not over that of the tensor.
            if (source + ((channels - 1) * images.Plane) + p + R.Count <= images.End) R.Transpose(source + p, images.Plane, channels, to, R.Count);
            else
            {
                for (var i = p; i < places; i++)
                for (var c = 0; c < channels; c++)
                    to[((i - p) * R.Count) + c] = source[(c * images.Plane) + i];
            }
        }
    }
}
