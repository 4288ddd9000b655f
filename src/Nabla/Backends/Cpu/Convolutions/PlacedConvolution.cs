using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// A convolution, or its gradient by the input, with neighbouring places of a row in the lanes: for few target channels, down to the one of a depthwise convolution. Order of loops: block of
/// places, its window copied → phase → tile of registers → tile of channels.
/// </summary>
internal readonly unsafe struct PlacedConvolution(ConvolutionGeometry g, bool back, Tensor source, Tensor weight, Tensor? bias, Tensor target) : IRegisterCode
{
    private const int MostPlaces = 1024;

    /// <summary>How many lanes are computed for each that is used, weighed by how well few rows keep the multipliers busy.</summary>
    public static double Cost<R, V>(ImagePair pair) where R : struct, IProductRegister<V> where V : struct
    {
        var width = pair.Horizontal.Phases[0].Count(pair.Width);
        var rows = Math.Min(pair.Channels, PlaceKernel<R, V>.MostRows);
        return FilterPanels.Padded(width, R.Count) / (double)width * (1.1 + (0.9 / (rows * rows)));
    }

    public void Run<R, V>() where R : struct, IProductRegister<V> where V : struct
    {
        var pair = back ? ImagePair.Back(g) : ImagePair.Forward(g);
        var blocks = new ImageBlocks(pair, MostPlaces, inLanes: true);
        var filters = Tensor.Empty([g.Groups, pair.Channels, checked(pair.SourceChannels * g.Taps)], DType.Float32);
        var start = Tensor.Empty([g.Groups * pair.Channels], DType.Float32);
        if (bias is null) CopyLoops.Clear(start);
        else CopyLoops.Copy(bias, start);
        PackFilters(pair, filters.Pointer<float>());
        var parts = new Parts<R, V>(pair, blocks, PlacedPhase.All(pair, blocks, R.Count))
        {
            Source = source.Pointer<float>(), Filters = filters.Pointer<float>(), Start = start.Pointer<float>(), Target = target.Pointer<float>(),
            FiltersOfGroup = (nint)(filters.Length / g.Groups),
        };
        ThreadTeam.Run(checked(blocks.Count * pair.Groups), ref parts);
        GC.KeepAlive(filters);
        GC.KeepAlive(start);
        GC.KeepAlive(source);
    }

    /// <summary>[groups, channels of the target] rows, each phase after phase: [source channels, its taps].</summary>
    private void PackFilters(ImagePair pair, float* to)
    {
        nint filter = (nint)g.Channels * g.Taps, source = back ? filter : g.Taps, across = back ? g.Taps : filter;
        for (var group = 0; group < g.Groups; group++)
        foreach (var vertical in pair.Vertical.Phases)
        foreach (var horizontal in pair.Horizontal.Phases)
        for (var channel = 0; channel < pair.Channels; channel++)
        {
            var from = weight.Pointer<float>() + (group * g.Outputs * filter) + (channel * across);
            for (var s = 0; s < pair.SourceChannels; s++)
            foreach (var y in vertical.Taps)
            foreach (var x in horizontal.Taps)
                *to++ = from[(s * source) + (y * g.KernelX) + x];
        }
        GC.KeepAlive(weight);
    }

    private struct Parts<R, V>(ImagePair pair, ImageBlocks blocks, PlacedPhase[] phases) : IPart where R : struct, IProductRegister<V> where V : struct
    {
        public float* Source, Filters, Start, Target;
        public nint FiltersOfGroup;

        private const int Registers = PlaceKernel<R, V>.Registers;

        public readonly void Run(int part)
        {
            var (index, group) = Math.DivRem(part, pair.Groups);
            var block = blocks[index];
            var window = ProductScratch.Mine.A(blocks.WindowLength + R.Count);
            blocks.Load<R, V>(block, group, Source, window);
            var first = ((nint)block.Image * pair.Groups) + group;
            var target = Target + (first * pair.Channels * pair.Places) + ((nint)block.Top * pair.Width);
            var filters = Filters + (group * FiltersOfGroup);
            foreach (var phase in phases)
            {
                Phase(phase, block, window, filters, Start + (group * pair.Channels), target);
                filters += (nint)pair.Channels * phase.Taps.Length;
            }
        }

        private readonly void Phase(PlacedPhase phase, in ImageBlock block, float* window, float* filters, float* start, float* target)
        {
            var segments = block.Images * phase.Vertical.Count(block.Rows) * phase.OfRow;
            var tiles = ((pair.Channels - 1) / PlaceKernel<R, V>.MostRows) + 1;
            var sums = stackalloc float[PlaceKernel<R, V>.MostRows * Registers * R.Count];
            var sources = stackalloc nint[Registers];
            fixed (nint* taps = phase.Taps)
            {
                var tile = new PlacedTile { Depth = phase.Taps.Length, ARow = phase.Taps.Length, B = window, Steps = taps, Sources = sources, C = sums };
                for (var segment = 0; segment < segments; segment += Registers)
                {
                    // Behind the last segment it is computed again.
                    for (var q = 0; q < Registers; q++) sources[q] = phase.Sources[Math.Min(segment + q, segments - 1)];
                    for (var i = 0; i < tiles; i++)
                    {
                        var (top, bottom) = (pair.Channels * i / tiles, pair.Channels * (i + 1) / tiles);
                        tile.A = filters + (top * tile.ARow);
                        tile.Start = start + top;
                        PlaceKernel<R, V>.Run(&tile, bottom - top);
                        for (var row = top; row < bottom; row++)
                            Store(phase, segment, Math.Min(Registers, segments - segment), sums + ((row - top) * Registers * R.Count), target + (row * pair.Places));
                    }
                }
            }
        }

        private static void Store(PlacedPhase phase, int segment, int count, float* sums, float* target)
        {
            for (var q = segment; q < segment + count; q++, sums += R.Count)
            {
                var to = target + phase.Targets[q];
                var length = phase.Counts[q];
                if (phase.Horizontal.Step != 1) for (var i = 0; i < length; i++) to[i * phase.Horizontal.Step] = sums[i];
                else if (length == R.Count) R.Store(to, R.Load(sums));
                else R.StorePart(to, R.Load(sums), length);
            }
        }
    }
}

/// <summary>The tables of one combination of the two axes' phases: its segments of places, <see cref="OfRow"/> in each row, and its taps.</summary>
internal sealed record PlacedPhase(SlidingAxis Vertical, SlidingAxis Horizontal, nint[] Sources, nint[] Targets, int[] Counts, int OfRow, nint[] Taps)
{
    public static PlacedPhase[] All(ImagePair pair, in ImageBlocks blocks, int register)
    {
        var (phases, at) = (new PlacedPhase[pair.Vertical.Phases.Length * pair.Horizontal.Phases.Length], 0);
        foreach (var vertical in pair.Vertical.Phases)
        foreach (var horizontal in pair.Horizontal.Phases)
        {
            var (sources, targets, counts, ofRow) = blocks.Segments(vertical, horizontal, register);
            phases[at++] = new(vertical, horizontal, sources, targets, counts, ofRow, blocks.Taps(vertical, horizontal));
        }
        return phases;
    }
}
