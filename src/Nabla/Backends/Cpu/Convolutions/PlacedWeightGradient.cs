using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// The gradient of a convolution by its weight, with neighbouring places of a row in the lanes, for few outputs: every pair of an output and a tap sums a register, and its elements only at the
/// end. The examples are summed in slices, whose number depends on the shapes alone.
/// </summary>
internal readonly unsafe struct PlacedWeightGradient(ConvolutionGeometry g, Tensor x, Tensor dy, Tensor dw) : IRegisterCode
{
    private const int MostPlaces = 1024, MostSlices = 16;

    public void Run<R, V>() where R : struct, IProductRegister<V> where V : struct
    {
        var pair = ImagePair.Forward(g);
        var blocks = new ImageBlocks(pair, MostPlaces, inLanes: true);
        var slices = Math.Clamp(MostSlices / g.Groups, 1, blocks.Count);
        var filter = checked(g.Channels * g.Taps);
        var sums = Tensor.Empty([slices, g.Groups, g.Outputs, filter, R.Count], DType.Float32);
        CopyLoops.Clear(sums);
        var (vertical, horizontal) = (pair.Vertical.Phases[0], pair.Horizontal.Phases[0]);
        var parts = new Parts<R, V>(pair, blocks, blocks.Segments(vertical, horizontal, R.Count, blocks.Images), blocks.Taps(vertical, horizontal)) { X = x.Pointer<float>(), Dy = dy.Pointer<float>(), Sums = sums.Pointer<float>(), Slices = slices };
        ThreadTeam.Run(slices * g.Groups, ref parts);
        Join(sums.Pointer<float>(), slices, dw.Length, R.Count, dw.Pointer<float>());
        GC.KeepAlive(x);
        GC.KeepAlive(dy);
        GC.KeepAlive(sums);
    }

    private static void Join(float* sums, int slices, long count, int register, float* dw)
    {
        for (var i = 0L; i < count; i++)
        {
            var total = 0f;
            for (var slice = 0; slice < slices; slice++)
            for (var lane = 0; lane < register; lane++)
                total += sums[(((slice * count) + i) * register) + lane];
            dw[i] = total;
        }
    }

    private struct Parts<R, V>(ImagePair pair, ImageBlocks blocks, PlacedSegments whole, nint[] taps) : IPart where R : struct, IProductRegister<V> where V : struct
    {
        public float* X, Dy, Sums;
        public int Slices;

        public readonly void Run(int part)
        {
            var (slice, group) = Math.DivRem(part, pair.Groups);
            var window = Scratch.Mine.A.Of(blocks.WindowLength + R.Count);
            var sums = Sums + ((nint)part * pair.Channels * taps.Length * R.Count);
            for (var index = (int)((long)slice * blocks.Count / Slices); index < (int)((slice + 1L) * blocks.Count / Slices); index++)
            {
                var block = blocks[index];
                blocks.Load<R, V>(block, group, X, window);
                Block(block, window, Dy + ((((nint)block.Image * pair.Groups) + group) * pair.Channels * pair.Places) + ((nint)block.Top * pair.Width), sums);
            }
        }

        private readonly void Block(in ImageBlock block, float* window, float* dy, float* sums)
        {
            var (most, count) = (SumKernel<R, V>.MostTaps, taps.Length);
            int down = ((pair.Channels - 1) / SumKernel<R, V>.MostRows) + 1, across = ((count - 1) / most) + 1;
            var segments = block.Images == blocks.Images ? whole : blocks.Segments(pair.Vertical.Phases[0], pair.Horizontal.Phases[0], R.Count, block.Images);
            fixed (nint* sources = segments.Sources, targets = segments.Targets, tap = taps)
            fixed (int* counts = segments.Counts)
            {
                var tile = new SummedTile
                {
                    Segments = (nint)block.Rows * segments.OfRow, ARow = pair.Places, B = window, Sources = sources, Targets = targets, Counts = counts, CRow = (nint)count * R.Count,
                };
                for (var i = 0; i < down; i++)
                for (var j = 0; j < across; j++)
                {
                    int top = pair.Channels * i / down, bottom = pair.Channels * (i + 1) / down, left = (int)((long)count * j / across), right = (int)((long)count * (j + 1) / across);
                    tile.A = dy + (top * pair.Places);
                    tile.Taps = tap + left;
                    tile.C = sums + ((((nint)top * count) + left) * R.Count);
                    SumKernel<R, V>.Run(&tile, bottom - top, right - left);
                }
            }
        }
    }
}
