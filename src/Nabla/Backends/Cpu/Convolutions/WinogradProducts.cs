using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>The 36 products of transformed tiles and filters.</summary>
internal static unsafe class WinogradProducts<R, V> where R : struct, IProductRegister<V> where V : struct
{
    /// <summary>How many channels are multiplied at a time, so that 36 blocks of filters stay in the second-level cache: the channels cut evenly.</summary>
    public static int Depth(int channels) => Even(channels, 128);

    public static int Even(int length, int most)
    {
        var blocks = (length + most - 1) / most;
        return (length + blocks - 1) / blocks;
    }

    /// <summary>
    /// sums[k] (+)= windows[k] · filters[k] for one panel of outputs: windows [tiles, channels], filters [channels, panel].
    /// </summary>
    public static void Forward(in WinogradSpectrum windows, int tiles, int channel, int channels, in WinogradSpectrum filters, in WinogradSpectrum sums, int outputs)
    {
        var tile = new ProductTile
        {
            Depth = channels, ARow = windows.Row, AStep = 1, BStep = filters.Row,
            CRow = sums.Row, StartRow = channel > 0 ? sums.Row : 0, Columns = outputs,
        };
        for (var k = 0; k < 36; k++)
        {
            tile.A = windows.Data + (k * windows.Plane) + channel;
            tile.B = filters.Data + (k * filters.Plane);
            tile.C = sums.Data + (k * sums.Plane);
            Rows(tile, tiles, accumulate: channel > 0);
        }
    }

    /// <summary>
    /// sums[k] (+)= windows[k]ᵀ · upstream[k] for <paramref name="channels"/> channels from <paramref name="channel"/> on and one panel of outputs: windows [tiles, channels], upstream [tiles, outputs].
    /// </summary>
    public static void Backward(
        in WinogradSpectrum windows, in WinogradSpectrum upstream, int tiles, int channel, int channels, int output, int outputs, in WinogradSpectrum sums, bool accumulate)
    {
        var tile = new ProductTile
        {
            Depth = tiles, ARow = 1, AStep = windows.Row, BStep = upstream.Row, CRow = sums.Row, StartRow = accumulate ? sums.Row : 0, Columns = outputs,
        };
        for (var k = 0; k < 36; k++)
        {
            tile.A = windows.Data + (k * windows.Plane) + channel;
            tile.B = upstream.Data + (k * upstream.Plane) + output;
            tile.C = sums.Data + (k * sums.Plane);
            Rows(tile, channels, accumulate);
        }
    }

    /// <summary>All rows of a product, in register tiles as even as can be.</summary>
    private static void Rows(ProductTile tile, int rows, bool accumulate)
    {
        var most = tile.Columns <= R.Count ? R.NarrowRows : R.WideRows;
        var count = (rows + most - 1) / most;
        tile.Start = accumulate ? tile.C : ProductTile.Zeros;
        for (var i = 0; i < count; i++)
        {
            var height = (rows / count) + (i < rows % count ? 1 : 0);
            ProductKernel<R, V>.Run(&tile, height);
            tile.A += height * tile.ARow;
            tile.C += height * tile.CRow;
            tile.Start += height * tile.StartRow;
        }
    }
}
