using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// A convolution, or its gradient by the input, with neighbouring places of a row in the lanes: for few target channels, down to the one of a depthwise convolution. Order of loops: block of
/// places, its window copied → phase → tile of registers → tile of channels.
/// </summary>
internal readonly unsafe struct PlacedConvolution(ConvolutionGeometry g, bool back, Tensor source, Tensor weight, Tensor? bias, Tensor target) : IRegisterCode
{
    private const int MostPlaces = 4096;

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

    /// <summary>Per group and phase [channels of the target, rows of the kernel, source channels, columns of the kernel].</summary>
    private void PackFilters(ImagePair pair, float* to)
    {
        nint filter = (nint)g.Channels * g.Taps, source = back ? filter : g.Taps, across = back ? g.Taps : filter;
        for (var group = 0; group < g.Groups; group++)
        foreach (var vertical in pair.Vertical.Phases)
        foreach (var horizontal in pair.Horizontal.Phases)
        for (var channel = 0; channel < pair.Channels; channel++)
        {
            var from = weight.Pointer<float>() + (group * g.Outputs * filter) + (channel * across);
            foreach (var y in vertical.Taps)
            for (var s = 0; s < pair.SourceChannels; s++)
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
            var window = Scratch.Mine.A.Of(blocks.WindowLength + R.Count);
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
            var segments = block.Images == blocks.Images ? phase.Segments : blocks.Segments(phase.Vertical, phase.Horizontal, R.Count, block.Images);
            var count = phase.Vertical.Count(block.Rows) * segments.OfRow;
            var depthOfRow = pair.SourceChannels * phase.Horizontal.Taps.Length;
            var sources = stackalloc nint[Registers];
            var targets = stackalloc nint[Registers];
            var counts = stackalloc int[Registers];
            fixed (nint* taps = phase.Taps)
            {
                var tile = new PlacedTile { ARow = phase.Taps.Length, B = window, Sources = sources, Targets = targets, Counts = counts };
                for (var segment = 0; segment < count; segment += Registers)
                {
                    // Behind the last segment it is computed again.
                    for (var q = 0; q < Registers; q++)
                    {
                        var at = Math.Min(segment + q, count - 1);
                        (sources[q], targets[q], counts[q]) = (segments.Sources[at], segments.Targets[at], segments.Counts[at]);
                    }
                    var (first, end) = blocks.Seen(phase.Vertical, block, segment / segments.OfRow, Math.Min(segment + Registers - 1, count - 1) / segments.OfRow);
                    tile.Depth = (nint)(end - first) * depthOfRow;
                    tile.Steps = taps + ((nint)first * depthOfRow);
                    Channels(&tile, filters + ((nint)first * depthOfRow), start, target, phase.Horizontal.Step);
                }
            }
        }

        private readonly void Channels(PlacedTile* tile, float* filters, float* start, float* target, int step)
        {
            tile->CRow = pair.Places;
            for (var top = 0; top < pair.Channels;)
            {
                // Tiles of two heights at most.
                var left = pair.Channels - top;
                var rows = (left + Tiles(left) - 1) / Tiles(left);
                tile->A = filters + (top * tile->ARow);
                tile->Start = start + top;
                tile->C = target + (top * pair.Places);
                if (step == 1) PlaceKernel<R, V>.Run(tile, rows);
                else Spread(*tile, rows, step);
                top += rows;
            }
        }

        private static int Tiles(int channels) => (channels + PlaceKernel<R, V>.MostRows - 1) / PlaceKernel<R, V>.MostRows;

        /// <summary>Computes a tile whose neighbours are a step apart in the target.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void Spread(PlacedTile tile, int rows, int step)
        {
            var sums = stackalloc float[PlaceKernel<R, V>.MostRows * Registers * R.Count];
            var places = stackalloc nint[Registers];
            var target = tile.C;
            var row = tile.CRow;
            var targets = tile.Targets;
            for (var q = 0; q < Registers; q++) places[q] = q * R.Count;
            tile.C = sums;
            tile.CRow = Registers * R.Count;
            tile.Targets = places;
            PlaceKernel<R, V>.Run(&tile, rows);
            for (var i = 0; i < rows; i++)
            for (var q = 0; q < Registers; q++)
            {
                var to = target + (i * row) + targets[q];
                for (var j = 0; j < tile.Counts[q]; j++) to[j * step] = sums[(((i * Registers) + q) * R.Count) + j];
            }
        }
    }
}

/// <summary>The tables of one combination of the two axes' phases: the segments of a whole block, and the taps by the kernel's rows.</summary>
internal sealed record PlacedPhase(SlidingAxis Vertical, SlidingAxis Horizontal, PlacedSegments Segments, nint[] Taps)
{
    public static PlacedPhase[] All(ImagePair pair, in ImageBlocks blocks, int register)
    {
        var (phases, at) = (new PlacedPhase[pair.Vertical.Phases.Length * pair.Horizontal.Phases.Length], 0);
        foreach (var vertical in pair.Vertical.Phases)
        foreach (var horizontal in pair.Horizontal.Phases)
            phases[at++] = new(vertical, horizontal, blocks.Segments(vertical, horizontal, register, blocks.Images), blocks.TapsByRow(vertical, horizontal));
        return phases;
    }
}
