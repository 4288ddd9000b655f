using Nabla.Backends.Cpu.Products;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// The gradient by the filters in the transformed domain: the products of windows and upstream gradients are summed over the tiles and transformed back once. The lines are cut into groups that do
/// not depend on the number of threads, each summed on its own, and a group into blocks that stay in the cache.
/// </summary>
internal unsafe struct WinogradWeightGradient<R, V> : IPart where R : struct, IProductRegister<V> where V : struct
{
    /// <summary>Channels of one part: its 36 sums fill a third of the second-level cache.</summary>
    private const int ChannelBlock = 64;

    /// <summary>Tiles of a block, and the fewest of a group, in which a sum is one chain.</summary>
    private const int Tiles = 128, GroupTiles = 256;

    private const int MostGroups = 32;

    /// <summary>Up to so many filters each group has a gradient of its own; beyond, the groups add to one in turn.</summary>
    private const int FewFilters = 128 * 128;

    private readonly WinogradImages x, dy;
    private readonly WinogradDoubt doubt;
    private readonly WinogradGrid grid;
    private readonly int group, groups, block;
    private float* target;
    private bool apart;

    /// <param name="x">The convolution's input.</param>
    /// <param name="dy">The gradient that arrives at its result.</param>
    /// <param name="doubt">Hears of results that are not finite.</param>
    public WinogradWeightGradient(WinogradImages x, WinogradImages dy, WinogradDoubt doubt)
    {
        (this.x, this.dy, this.doubt) = (x, dy, doubt);
        grid = new(dy.Batch, dy.Height, dy.Width);
        group = Math.Clamp(Math.Max(GroupTiles / grid.Across, (grid.Lines + MostGroups - 1) / MostGroups), 1, grid.Lines);
        groups = (grid.Lines + group - 1) / group;
        block = Math.Clamp(Tiles / grid.Across, 1, group);
    }

    public void Run(Tensor dw)
    {
        apart = groups > 1 && (long)x.Channels * dy.Channels <= FewFilters;
        var sums = apart ? Tensor.Empty([groups, checked((int)dw.Length)], DType.Float32) : dw;
        target = sums.Pointer<float>();
        if (apart && groups >= 2 * ThreadTeam.Threads) ThreadTeam.Run(groups, ref this);
        else
            for (var i = 0; i < groups; i++) Run(i);
        if (apart) RowLoops.ColumnSums(sums, dw);
        GC.KeepAlive(sums);
    }

    /// <summary>Computes one group.</summary>
    public readonly void Run(int part)
    {
        var last = Math.Min((part + 1) * group, grid.Lines);
        for (var first = part * group; first < last; first += block)
        {
            var end = Math.Min(first + block, last);
            var readers = new Readers(this, first, end);
            ThreadTeam.Run(readers.Parts, ref readers);
            var sums = WinogradSpectrum.OfPanel(Channels, Panel);
            var kept = last - (part * group) <= block ? null : Scratch.Mine.Products.Of(sums.Length * Grid);
            var products = new Products(this, readers, sums, kept, apart ? target + (part * 9 * (nint)x.Channels * dy.Channels) : target)
            {
                Accumulate = !apart && part > 0, Begins = first == part * group, Ends = end == last,
            };
            ThreadTeam.Run(Grid, ref products);
        }
    }

    private static int Panel => WinogradFilterPacking<R, V>.Panel;

    private readonly int Channels => WinogradProducts<R, V>.Even(x.Channels, ChannelBlock);

    private readonly int Across => WinogradFilterPacking<R, V>.Panels(dy.Channels);

    private readonly int Grid => Across * ((x.Channels + Channels - 1) / Channels);

    /// <summary>Both transforms of a block, one part per register of channels.</summary>
    private readonly struct Readers : IPart
    {
        private readonly WinogradReader<R, V, WinogradInput<R, V>> windows;
        private readonly WinogradReader<R, V, WinogradUpstream<R, V>> upstream;
        private readonly int inputs, outputs;

        public Readers(in WinogradWeightGradient<R, V> all, int first, int last)
        {
            Tiles = (last - first) * all.grid.Across;
            (inputs, outputs) = ((all.x.Channels + R.Count - 1) / R.Count, (all.dy.Channels + R.Count - 1) / R.Count);
            Windows = new(Tiles, all.x.Channels);
            Windows = Windows.At(Scratch.Mine.Windows.Of(Windows.Length));
            Upstream = new(Tiles, all.dy.Channels);
            Upstream = Upstream.At(Scratch.Mine.Upstream.Of(Upstream.Length));
            windows = new(all.x, all.grid, first, last, Windows);
            upstream = new(all.dy, all.grid, first, last, Upstream);
        }

        public int Tiles { get; }
        public WinogradSpectrum Windows { get; }
        public WinogradSpectrum Upstream { get; }
        public int Parts => inputs + outputs;

        public void Run(int part)
        {
            if (part < inputs) windows.Run(part);
            else upstream.Run(part - inputs);
        }
    }

    /// <summary>The products of a block, one part per block of channels and panel of outputs; after the group's last block also their way back.</summary>
    private readonly struct Products(WinogradWeightGradient<R, V> all, Readers readers, WinogradSpectrum sums, float* kept, float* target) : IPart
    {
        public bool Accumulate { get; init; }
        public bool Begins { get; init; }
        public bool Ends { get; init; }

        public void Run(int part)
        {
            var mine = sums.At(kept != null ? kept + (part * sums.Length) : Scratch.Mine.Sums.Of(sums.Length));
            var (channel, output) = (part / all.Across * all.Channels, part % all.Across * Panel);
            var (channels, outputs) = (Math.Min(all.Channels, all.x.Channels - channel), Math.Min(Panel, all.dy.Channels - output));
            WinogradProducts<R, V>.Backward(readers.Windows, readers.Upstream, readers.Tiles, channel, channels, output, outputs, mine, accumulate: !Begins);
            if (!Ends) return;
            for (var c = 0; c < channels; c += R.Count)
            for (var o = 0; o < outputs; o += R.Count)
            {
                Back(mine.Data + (c * mine.Row) + o, mine, Math.Min(R.Count, channels - c), Math.Min(R.Count, outputs - o),
                    target + (9 * (((nint)(output + o) * all.x.Channels) + channel + c)));
            }
        }

        /// <summary>Transforms the sums of a register of channels and one of outputs back, and transposes [channels, 9, outputs] → [outputs, channels · 9].</summary>
        private void Back(float* from, in WinogradSpectrum layout, int channels, int outputs, float* to)
        {
            var taps = Scratch.Mine.Small.Of(((9 * R.Count) + R.Count + 18) * R.Count);
            var turned = taps + (9 * R.Count * R.Count);
            V zero = R.Create(0), finite = zero;
            for (var c = 0; c < channels; c++)
                WinogradTransforms<R, V>.FilterGradient(from + (c * layout.Row), layout.Plane, taps + (9 * c * R.Count), turned);
            for (var i = 0; i < 9 * channels; i += R.Count)
            {
                var count = Math.Min(R.Count, (9 * channels) - i);
                R.Transpose(taps + (i * R.Count), R.Count, count, turned, R.Count);
                for (var o = 0; o < outputs; o++) finite = R.MultiplyAdd(Put(R.LoadPart(turned + (o * R.Count), count), to + (9 * (nint)o * all.x.Channels) + i, count), zero, finite);
            }
            all.doubt.Note<R, V>(finite, R.Count);
        }

        private V Put(V value, float* to, int count)
        {
            if (Accumulate) value = R.Add(value, R.LoadPart(to, count));
            R.StorePart(to, value, count);
            return value;
        }
    }
}
