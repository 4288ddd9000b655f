using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// The gradient of a convolution by its weight, with the outputs in the lanes: dweight[o, tap] = Σ over places of x[place + tap] · dy[place, o]. Rows of the kernel's tiles are taps,
/// its depth runs over the places of a block, whose dy is transposed once for all taps. The examples are summed in slices, whose number depends on the shapes alone.
/// </summary>
internal readonly unsafe struct GatheredWeightGradient(ConvolutionGeometry g, Tensor x, Tensor dy, Tensor dw) : IRegisterCode
{
    private const int MostPlaces = 256, MostSlices = 16;

    public void Run<R, V>() where R : struct, IProductRegister<V> where V : struct
    {
        var pair = ImagePair.Forward(g);
        var blocks = new ImageBlocks(pair, MostPlaces);
        var panels = ((g.Outputs - 1) / (2 * R.Count)) + 1;
        // As many sums as keep a team busy together with the panels; more would only cost memory.
        var slices = Math.Clamp(MostSlices / (panels * g.Groups), 1, blocks.Count);
        var shares = Math.Clamp(4 * ThreadTeam.Threads / (slices * g.Groups), 1, panels);
        var sums = Tensor.Empty([slices, g.Groups, panels, checked(g.Channels * g.Taps), 2 * R.Count], DType.Float32);
        CopyLoops.Clear(sums);
        var parts = new Parts<R, V>(pair, blocks, GatheredPhase.All(pair, blocks, 1)[0])
        {
            X = x.Pointer<float>(), Dy = dy.Pointer<float>(), Sums = sums.Pointer<float>(), Panels = panels, Slices = slices, Shares = shares,
            // Places beyond the last column do not count, not even by a zero: what they see may be a NaN.
            Narrow = g.Columns % blocks.Columns is > 0 and var rest ? blocks.PlacesOf(pair.Vertical.Phases[0], pair.Horizontal.Phases[0], rest).Sources : [],
            Targets = Array.ConvertAll(Enumerable.Range(0, g.Channels * g.Taps).ToArray(), tap => (nint)tap * 2 * R.Count),
        };
        ThreadTeam.Run(checked(slices * g.Groups * shares), ref parts);
        var join = new Join<R, V>(g, sums.Pointer<float>(), dw.Pointer<float>(), slices, panels);
        ThreadTeam.Run(g.Groups * panels, ref join);
        GC.KeepAlive(x);
        GC.KeepAlive(dy);
        GC.KeepAlive(sums);
    }

    private struct Parts<R, V>(ImagePair pair, ImageBlocks blocks, GatheredPhase phase) : IPart where R : struct, IProductRegister<V> where V : struct
    {
        public float* X, Dy, Sums;
        public int Panels, Slices, Shares;
        public required nint[] Targets, Narrow;

        private static int Wide => 2 * R.Count;

        public readonly void Run(int part)
        {
            var (rest, share) = Math.DivRem(part, Shares);
            var (slice, group) = Math.DivRem(rest, pair.Groups);
            var scratch = Scratch.Mine;
            var window = scratch.A.Of(blocks.WindowLength + R.Count);
            var lanes = scratch.B.Of(((nint)blocks.Places * Wide) + ProductPacking<R, V>.Slack);
            for (var index = (int)((long)slice * blocks.Count / Slices); index < (int)((slice + 1L) * blocks.Count / Slices); index++)
            {
                var block = blocks[index];
                blocks.Load<R, V>(block, group, X, window);
                var places = (block.Columns == blocks.Columns ? phase.Sources : Narrow).AsSpan(0, block.Places);
                for (var panel = share * Panels / Shares; panel < (share + 1) * Panels / Shares; panel++)
                {
                    var width = Math.Min(Wide, FilterPanels.Padded(pair.Channels, R.Count) - (panel * Wide));
                    Transpose(block, group, panel * Wide, width, lanes);
                    var sums = Sums + ((((nint)slice * pair.Groups) + group) * Panels + panel) * Targets.Length * Wide;
                    var tile = new GatheredTile { A = window, B = lanes, BStep = width, C = sums };
                    GatherKernel<R, V>.Run(tile, phase.Taps, Targets, places);
                }
            }
        }

        /// <summary>dy of a block: [lanes, places] → [places, lanes].</summary>
        private readonly void Transpose(in ImageBlock block, int group, int lane, int width, float* to)
        {
            var lanes = Math.Min(Wide, pair.Channels - lane);
            var (lines, length) = block.Columns == pair.Width ? (1, block.Rows * block.Columns) : (block.Rows, block.Columns);
            for (var n = 0; n < block.Images; n++)
            {
                var image = Dy + ((((((nint)block.Image + n) * pair.Groups) + group) * pair.Channels) + lane) * pair.Places;
                for (var line = 0; line < lines; line++)
                {
                    ProductPacking<R, V>.Panel(image + ((nint)(block.Top + line) * pair.Width) + block.Left, 1, pair.Places, lanes, width, length, to);
                    to += (nint)length * width;
                }
            }
        }
    }

    /// <summary>dweight [outputs, taps] from the slices' sums [taps, lanes].</summary>
    private readonly struct Join<R, V>(ConvolutionGeometry g, float* sums, float* dw, int slices, int panels) : IPart where R : struct, IProductRegister<V> where V : struct
    {
        public void Run(int part)
        {
            var (group, panel) = Math.DivRem(part, panels);
            nint taps = (nint)g.Channels * g.Taps, length = taps * 2 * R.Count, step = length * panels * g.Groups;
            var total = sums + (part * length);
            for (var slice = 1; slice < slices; slice++)
                for (nint i = 0; i < length; i += R.Count) R.Store(total + i, R.Add(R.Load(total + i), R.Load(total + (slice * step) + i)));
            var lane = panel * 2 * R.Count;
            TransposedBlock<R, V>.Write(total, 2 * R.Count, (int)taps, Math.Min(2 * R.Count, g.Outputs - lane), dw + ((((nint)group * g.Outputs) + lane) * taps), taps);
        }
    }
}
