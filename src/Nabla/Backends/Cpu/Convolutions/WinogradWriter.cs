using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// Transforms the sums of a line of tiles back: the results of one register of channels go to a small buffer [places, channels], and from there transposed into the image, whole cache lines at a time.
/// </summary>
internal readonly unsafe struct WinogradWriter<R, V>(WinogradImages images, WinogradGrid grid, float* bias, WinogradDoubt doubt) where R : struct, IProductRegister<V> where V : struct
{
    private const int Tile = 4;

    /// <summary>Writes lines <paramref name="first"/> to <paramref name="last"/> of <paramref name="channels"/> channels from <paramref name="channel"/> on, whose sums begin at <paramref name="sums"/>.</summary>
    public void Run(int first, int last, int channel, int channels, in WinogradSpectrum sums)
    {
        var places = Tile * (nint)grid.Columns * R.Count;
        var pixels = Scratch.Mine.Pixels.Of(places + (R.Count * R.Count));
        var small = Scratch.Mine.Small.Of((16 + 36 + R.Count) * R.Count);
        for (var c = 0; c < channels; c += R.Count)
        {
            var lanes = Math.Min(R.Count, channels - c);
            var start = small + (52 * R.Count);
            R.Store(start, bias == null ? R.Create(0) : R.LoadPart(bias + channel + c, lanes));
            var from = sums.Data + c;
            for (var line = first; line < last; line++)
            {
                var (image, row) = Math.DivRem(line, grid.Down);
                var rows = Math.Min(Tile, grid.Rows - (row * Tile));
                for (var j = 0; j < grid.Across; j++, from += sums.Row) Result(from, sums.Plane, start, rows, j, pixels, small);
                var target = images.Data + ((((nint)image * images.Channels) + channel + c) * images.Plane) + ((nint)row * Tile * images.Width);
                doubt.Look<R, V>(pixels, rows * (nint)images.Width, lanes);
                Transpose(pixels, rows * (nint)images.Width, lanes, target, small);
            }
        }
    }

    /// <summary>Tile j of the line, cut where it reaches over the edge.</summary>
    private void Result(float* sums, nint plane, float* start, int rows, int j, float* pixels, float* small)
    {
        var between = small + (16 * R.Count);
        var columns = Math.Min(Tile, grid.Columns - (j * Tile));
        var target = pixels + (j * Tile * R.Count);
        var width = (nint)grid.Columns * R.Count;
        if (rows == Tile && columns == Tile)
        {
            WinogradTransforms<R, V>.Result(sums, plane, start, target, width, between);
            return;
        }
        WinogradTransforms<R, V>.Result(sums, plane, start, small, Tile * R.Count, between);
        for (var y = 0; y < rows; y++)
        for (var x = 0; x < columns; x++)
            R.Store(target + (y * width) + (x * R.Count), R.Load(small + (((y * Tile) + x) * R.Count)));
    }

    /// <summary>[places, register] → [channels, places].</summary>
    private void Transpose(float* source, nint places, int channels, float* to, float* small)
    {
        for (nint p = 0; p < places; p += R.Count, source += R.Count * R.Count, to += R.Count)
        {
            var count = (int)Math.Min(R.Count, places - p);
            if (count == R.Count && channels == R.Count)
            {
                R.Transpose(source, R.Count, R.Count, to, images.Plane);
                continue;
            }
            R.Transpose(source, R.Count, count, small, R.Count);
            for (var c = 0; c < channels; c++) R.StorePart(to + (c * images.Plane), R.Load(small + (c * R.Count)), count);
        }
    }
}
