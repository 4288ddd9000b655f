using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// A convolution block by block: transform the windows of some lines, multiply, transform back, all while the block is in the second-level cache. Where there are many blocks the team shares them;
/// where there are few, as with many channels and small images, it shares the work within each. A result is one chain of sums over the channels either way.
/// </summary>
internal unsafe struct WinogradForward<R, V> : IPart where R : struct, IProductRegister<V> where V : struct
{
    /// <summary>Tiles of a block: enough that reading the filters from the last level of cache does not show, and the fewest where there are more threads than such blocks.</summary>
    private const int Tiles = 128, FewestTiles = 48;

    private readonly WinogradImages from, to;
    private readonly WinogradGrid grid;
    private readonly WinogradFilters filters;
    private readonly float* bias;
    private readonly WinogradDoubt doubt;
    private readonly int lines;
    private float* packed;

    /// <param name="from">What is convolved.</param>
    /// <param name="to">The result.</param>
    /// <param name="filters">From the channels of one to those of the other.</param>
    /// <param name="bias">One number per channel of the result, or null.</param>
    /// <param name="doubt">Hears of results that are not finite.</param>
    public WinogradForward(WinogradImages from, WinogradImages to, WinogradFilters filters, float* bias, WinogradDoubt doubt)
    {
        (this.from, this.to, this.filters, this.doubt) = (from, to, filters, doubt);
        this.bias = bias;
        grid = new(to.Batch, to.Height, to.Width);
        var share = grid.Lines * (long)grid.Across / (4 * ThreadTeam.Threads);
        lines = Math.Clamp((int)(share < FewestTiles ? Tiles : Math.Min(share, Tiles)) / grid.Across, 1, grid.Lines);
    }

    public void Run()
    {
        var blocks = (grid.Lines + lines - 1) / lines;
        var filter = WinogradKept.Of<R, V>(filters, often: blocks > 1);
        packed = filter is null ? null : filter.Pointer<float>();
        if (blocks >= 2 * ThreadTeam.Threads) ThreadTeam.Run(blocks, ref this);
        else
            for (var block = 0; block < blocks; block++) Run(block);
        GC.KeepAlive(filter);
    }

    /// <summary>Computes a block.</summary>
    public readonly void Run(int part)
    {
        var (first, last) = (part * lines, Math.Min((part + 1) * lines, grid.Lines));
        var windows = new WinogradSpectrum((last - first) * grid.Across, from.Channels);
        windows = windows.At(Scratch.Mine.Windows.Of(windows.Length));
        var reader = new WinogradReader<R, V, WinogradInput<R, V>>(from, grid, first, last, windows);
        ThreadTeam.Run((from.Channels + R.Count - 1) / R.Count, ref reader);
        var panels = new Panels(this, windows, first, last);
        ThreadTeam.Run(WinogradFilterPacking<R, V>.Panels(to.Channels), ref panels);
    }

    /// <summary>The products of a block and their way back, one part per panel of outputs.</summary>
    private readonly struct Panels(WinogradForward<R, V> all, WinogradSpectrum windows, int first, int last) : IPart
    {
        public void Run(int part)
        {
            var (tiles, channels, panel) = ((last - first) * all.grid.Across, all.from.Channels, WinogradFilterPacking<R, V>.Panel);
            var sums = WinogradSpectrum.OfPanel(tiles, panel);
            sums = sums.At(Scratch.Mine.Sums.Of(sums.Length));
            var (output, depth) = (part * panel, WinogradProducts<R, V>.Depth(channels));
            var outputs = Math.Min(panel, all.to.Channels - output);
            for (var c = 0; c < channels; c += depth)
            {
                var count = Math.Min(depth, channels - c);
                WinogradProducts<R, V>.Forward(windows, tiles, c, count, Filters(part, c, count), sums, outputs);
            }
            new WinogradWriter<R, V>(all.to, all.grid, all.bias, all.doubt).Run(first, last, output, outputs, sums);
        }

        private WinogradSpectrum Filters(int panel, int channel, int channels)
        {
            var packing = new WinogradFilterPacking<R, V>(all.filters, all.packed);
            if (all.packed != null) return packing.Packed(panel, channel);
            var target = WinogradSpectrum.OfPanel(channels, WinogradFilterPacking<R, V>.Panel);
            target = target.At(Scratch.Mine.Filters.Of(target.Length));
            packing.Block(panel, channel, channels, target);
            return target;
        }
    }
}
