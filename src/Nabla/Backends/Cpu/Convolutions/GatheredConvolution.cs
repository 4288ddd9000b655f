using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// A convolution, or its gradient by the input, with the target's channels in the lanes. Order of loops: block of places (its window of the source stays in L2) → panel of channels →
/// tile of places, as many as registers hold, the depth running over source channels and taps. No element of the source is copied more than once, so no matrix of columns is built.
/// </summary>
internal readonly unsafe struct GatheredConvolution(ConvolutionGeometry g, bool back, Tensor source, Tensor weight, Tensor? bias, Tensor target) : IRegisterCode
{
    private const int MostPlaces = 480;

    public void Run<R, V>() where R : struct, IProductRegister<V> where V : struct
    {
        var pair = back ? ImagePair.Back(g) : ImagePair.Forward(g);
        var filters = FilterPanels.Of(g, back, pair, weight);
        var blocks = new ImageBlocks(pair, MostPlaces);
        var panels = ((pair.Channels - 1) / (2 * R.Count)) + 1;
        var parts = new Parts<R, V>(pair, blocks, GatheredPhase.All(pair, blocks, 2 * R.Count))
        {
            Source = source.Pointer<float>(), Filters = filters.Pointer<float>(), FiltersOfGroup = filters.Shape[1],
            Bias = bias is null ? null : bias.Pointer<float>(), Target = target.Pointer<float>(),
            // Few blocks are shared out by panels, each part loading the window for itself.
            Shares = Math.Clamp(4 * ThreadTeam.Threads / (blocks.Count * pair.Groups), 1, panels), Panels = panels,
        };
        ThreadTeam.Run(checked(blocks.Count * pair.Groups * parts.Shares), ref parts);
        GC.KeepAlive(filters);
        GC.KeepAlive(source);
        GC.KeepAlive(bias);
    }

    private struct Parts<R, V>(ImagePair pair, ImageBlocks blocks, GatheredPhase[] phases) : IPart where R : struct, IProductRegister<V> where V : struct
    {
        public float* Source, Filters, Bias, Target;
        public nint FiltersOfGroup;
        public int Shares, Panels;

        private static int Wide => 2 * R.Count;

        public readonly void Run(int part)
        {
            var (rest, share) = Math.DivRem(part, Shares);
            var (index, group) = Math.DivRem(rest, pair.Groups);
            var block = blocks[index];
            var scratch = Scratch.Mine;
            var window = scratch.A.Of(blocks.WindowLength + R.Count);
            var sums = scratch.B.Of((nint)blocks.Places * Wide);
            blocks.Load<R, V>(block, group, Source, window);
            for (var panel = share * Panels / Shares; panel < (share + 1) * Panels / Shares; panel++)
            {
                Begin(block, group, panel * Wide, sums);
                Sum(block, group, panel * Wide, window, sums);
                Write(block, group, panel * Wide, sums);
            }
        }

        /// <summary>The sums begin with the bias.</summary>
        private readonly void Begin(in ImageBlock block, int group, int lane, float* sums)
        {
            var start = stackalloc float[Wide];
            new Span<float>(start, Wide).Clear();
            if (Bias != null)
                for (var i = 0; i < Math.Min(Wide, pair.Channels - lane); i++) start[i] = Bias[(group * pair.Channels) + lane + i];
            var (first, second) = (R.Load(start), R.Load(start + R.Count));
            for (var end = sums + ((nint)block.Images * block.Rows * blocks.Columns * Wide); sums < end; sums += Wide)
            {
                R.Store(sums, first);
                R.Store(sums + R.Count, second);
            }
        }

        private readonly void Sum(in ImageBlock block, int group, int lane, float* window, float* sums)
        {
            var padded = FilterPanels.Padded(pair.Channels, R.Count);
            var filters = Filters + (group * FiltersOfGroup);
            foreach (var phase in phases)
            {
                var (depth, places) = ((nint)phase.Taps.Length, blocks.PlacesOf(phase.Vertical, phase.Horizontal, block));
                var tile = new GatheredTile { A = window, B = filters + (depth * lane), BStep = Math.Min(Wide, padded - lane), C = sums };
                filters += depth * padded;
                if (depth > 0 && places > 0) GatherKernel<R, V>.Run(tile, phase.Sources.AsSpan(0, places), phase.Targets.AsSpan(0, places), phase.Taps);
            }
        }

        private readonly void Write(in ImageBlock block, int group, int lane, float* sums)
        {
            var lanes = Math.Min(Wide, pair.Channels - lane);
            var isWhole = block.Columns == pair.Width;
            for (var n = 0; n < block.Images; n++)
            {
                var image = Target + ((((((nint)block.Image + n) * pair.Groups) + group) * pair.Channels) + lane) * pair.Places;
                var (lines, length) = isWhole ? (1, block.Rows * block.Columns) : (block.Rows, block.Columns);
                for (var line = 0; line < lines; line++)
                {
                    var from = sums + ((nint)((n * blocks.Rows) + line) * blocks.Columns * Wide);
                    TransposedBlock<R, V>.Write(from, Wide, length, lanes, image + ((nint)(block.Top + line) * pair.Width) + block.Left, pair.Places);
                }
            }
        }
    }
}

/// <summary>The tables of one combination of the two axes' phases: where its places see the window from and where their sums are, and how far its taps are from there.</summary>
internal sealed record GatheredPhase(SlidingAxis Vertical, SlidingAxis Horizontal, nint[] Sources, nint[] Targets, nint[] Taps)
{
    public static GatheredPhase[] All(ImagePair pair, in ImageBlocks blocks, int stride)
    {
        var (phases, at) = (new GatheredPhase[pair.Vertical.Phases.Length * pair.Horizontal.Phases.Length], 0);
        foreach (var vertical in pair.Vertical.Phases)
        foreach (var horizontal in pair.Horizontal.Phases)
        {
            var (sources, numbers) = blocks.PlacesOf(vertical, horizontal);
            phases[at++] = new(vertical, horizontal, sources, Array.ConvertAll(numbers, number => (nint)number * stride), blocks.Taps(vertical, horizontal));
        }
        return phases;
    }
}
