using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>The images that a sliding window reads and those that it writes. Channels are those of a group.</summary>
internal sealed record ImagePair(int Batch, int Groups, int SourceChannels, int SourceHeight, int SourceWidth, int Channels, int Height, int Width, SlidingAxes Vertical, SlidingAxes Horizontal)
{
    /// <summary>x → y</summary>
    public static ImagePair Forward(in ConvolutionGeometry g) => new(g.Batch, g.Groups, g.Channels, g.Height, g.Width, g.Outputs, g.Rows, g.Columns,
        SlidingAxes.Forward(g.KernelY, g.StrideY, g.PaddingY, g.DilationY), SlidingAxes.Forward(g.KernelX, g.StrideX, g.PaddingX, g.DilationX));

    /// <summary>dy → dx</summary>
    public static ImagePair Back(in ConvolutionGeometry g) => new(g.Batch, g.Groups, g.Outputs, g.Rows, g.Columns, g.Channels, g.Height, g.Width,
        SlidingAxes.Back(g.KernelY, g.StrideY, g.PaddingY, g.DilationY), SlidingAxes.Back(g.KernelX, g.StrideX, g.PaddingX, g.DilationX));

    public nint Places => (nint)Height * Width;

    public nint SourceImage => (nint)SourceHeight * SourceWidth;
}

/// <summary>A block of target places: some images, rows and columns.</summary>
internal readonly record struct ImageBlock(int Image, int Images, int Top, int Rows, int Left, int Columns)
{
    public int Places => Images * Rows * Columns;
}

/// <summary>The registers' worth of places of a phase; see <see cref="ImageBlocks.Segments"/>. So many are <paramref name="OfRow"/> of each row.</summary>
internal sealed record PlacedSegments(nint[] Sources, nint[] Targets, int[] Counts, int OfRow);

/// <summary>
/// The target places cut into blocks of a size that suits the caches, and the window that a block has on one group of the source: [images, channels, height, width], padded with
/// zeros. The cut depends on the shapes alone.
/// </summary>
internal readonly unsafe struct ImageBlocks
{
    private const int MostSource = 96 << 10;

    private readonly ImagePair pair;
    private readonly int images, rows, columns, rowBlocks, columnBlocks, windowHeight, windowWidth, split, part;

    /// <param name="pair">What is cut.</param>
    /// <param name="mostPlaces">The most places of a block; one with more is a single row.</param>
    /// <param name="inLanes">Whether neighbouring places lie in the lanes of a register: blocks then have whole rows, and the window's columns are sorted by their residue of the stride, so that neighbours see neighbours.</param>
    public ImageBlocks(ImagePair pair, int mostPlaces, bool inLanes = false)
    {
        this.pair = pair;
        int stepY = pair.Vertical.Pace.Step, stepX = pair.Horizontal.Pace.Step;
        (images, rows, columns) = (1, pair.Height, pair.Width);
        // Halving until it fits keeps the blocks even.
        while (((long)rows * columns > mostPlaces || Source(rows, columns) > MostSource) && rows > stepY) rows = Half(rows, stepY);
        while (!inLanes && (columns > mostPlaces || Source(rows, columns) > MostSource) && columns > stepX) columns = Half(columns, stepX);
        if (rows == pair.Height && columns == pair.Width)
            images = (int)Math.Clamp(Math.Min(mostPlaces / pair.Places, MostSource / Source(rows, columns)), 1, pair.Batch);
        // Rows of several images fill the registers of a tile evenly; where images have groups, the next group is nearer than the next image.
        if (inLanes) images = pair.Groups > 1 ? 1 : images > 4 ? images - (images % 4) : images;
        (rowBlocks, columnBlocks) = (Ceiling(pair.Height, rows), Ceiling(pair.Width, columns));
        Count = checked(Ceiling(pair.Batch, images) * rowBlocks * columnBlocks);
        (windowHeight, windowWidth) = (pair.Vertical.Reach(rows), pair.Horizontal.Reach(columns));
        split = inLanes ? pair.Horizontal.Pace.Scale : 1;
        part = Ceiling(windowWidth, split);
        Plane = (nint)windowHeight * Row;
        // Planes a multiple of a page apart would fall on few sets of the cache.
        if (Plane % 256 == 0) Plane += 16;
    }

    public int Count { get; }

    /// <summary>The most places of a block.</summary>
    public int Places => images * rows * columns;

    /// <summary>The columns of a block, the last block's included: it may reach beyond the target.</summary>
    public int Columns => columns;

    /// <summary>The images of every block but the last.</summary>
    public int Images => images;

    /// <summary>The rows of every block but the last.</summary>
    public int Rows => rows;

    /// <summary>Elements of a window's channel.</summary>
    public nint Plane { get; }

    private nint Row => (nint)split * part;

    /// <summary>Elements of one image's window.</summary>
    public nint Image => Plane * pair.SourceChannels;

    public nint WindowLength => Image * images;

    public ImageBlock this[int index]
    {
        get
        {
            var (rest, column) = Math.DivRem(index, columnBlocks);
            var (image, row) = Math.DivRem(rest, rowBlocks);
            return new(image * images, Math.Min(images, pair.Batch - (image * images)), row * rows, Math.Min(rows, pair.Height - (row * rows)), column * columns, Math.Min(columns, pair.Width - (column * columns)));
        }
    }

    private static int Ceiling(int length, int block) => ((length - 1) / block) + 1;

    private static int Half(int length, int step) => Ceiling(Ceiling(length, 2), step) * step;

    private long Source(int rows, int columns) => (long)pair.SourceChannels * pair.Vertical.Reach(rows) * pair.Horizontal.Reach(columns);

    /// <summary>How many places of a phase a block has; columns beyond the target's last count too.</summary>
    public int PlacesOf(SlidingAxis vertical, SlidingAxis horizontal, in ImageBlock block) => block.Images * vertical.Count(block.Rows) * horizontal.Count(columns);

    /// <summary>
    /// Each place of a phase, images before rows before columns: where in the window it is seen from, without its taps, and its number in the block. Those of a block with fewer rows or images are the first of them; of one with
    /// fewer columns, which are named then, they are others.
    /// </summary>
    public (nint[] Sources, int[] Numbers) PlacesOf(SlidingAxis vertical, SlidingAxis horizontal, int? ofColumns = null)
    {
        int down = vertical.Count(rows), across = horizontal.Count(ofColumns ?? columns), at = 0;
        var (sources, numbers) = (new nint[images * down * across], new int[images * down * across]);
        for (var n = 0; n < images; n++)
        for (var y = 0; y < down; y++)
        for (var x = 0; x < across; x++, at++)
        {
            sources[at] = (n * Image) + ((nint)y * vertical.Scale * Row) + ((nint)x * horizontal.Scale);
            numbers[at] = (((n * rows) + vertical.First + (y * vertical.Step)) * columns) + horizontal.First + (x * horizontal.Step);
        }
        return (sources, numbers);
    }

    /// <summary>
    /// The registers' worth of places of a phase, rows before images before columns: where in the window the first place of each is seen from, how far it is from the target's first
    /// place of the block, and how many places it has. Those of a block with fewer rows are the first of them.
    /// </summary>
    public PlacedSegments Segments(SlidingAxis vertical, SlidingAxis horizontal, int register, int ofImages)
    {
        var (down, across, at) = (vertical.Count(rows), horizontal.Count(columns), 0);
        var ofRow = (across + register - 1) / register * ofImages;
        var segments = new PlacedSegments(new nint[down * ofRow], new nint[down * ofRow], new int[down * ofRow], ofRow);
        for (var y = 0; y < down; y++)
        for (var n = 0; n < ofImages; n++)
        for (var x = 0; x < across; x += register, at++)
        {
            segments.Sources[at] = (n * Image) + ((nint)y * vertical.Scale * Row) + x;
            segments.Targets[at] = (n * pair.Groups * pair.Channels * pair.Places) + ((nint)(vertical.First + (y * vertical.Step)) * pair.Width) + horizontal.First + ((nint)x * horizontal.Step);
            segments.Counts[at] = Math.Min(register, across - x);
        }
        return segments;
    }

    /// <summary>Which taps of a phase see the source, and not only its padding, from any of these rows of a block: from the first to before the second.</summary>
    public (int First, int End) Seen(SlidingAxis vertical, in ImageBlock block, int fromRow, int toRow)
    {
        var origin = block.Top / vertical.Step * vertical.Scale;
        if (origin + (fromRow * vertical.Scale) + pair.Vertical.Least >= 0 && origin + (toRow * vertical.Scale) + pair.Vertical.Most < pair.SourceHeight) return (0, vertical.Taps.Length);
        var (first, end) = (vertical.Taps.Length, 0);
        for (var k = 0; k < vertical.Taps.Length; k++)
        {
            var at = origin + vertical.Offsets[k];
            if (at + (toRow * vertical.Scale) < 0 || at + (fromRow * vertical.Scale) >= pair.SourceHeight) continue;
            (first, end) = (Math.Min(first, k), k + 1);
        }
        return (Math.Min(first, end), end);
    }

    /// <summary>Where in the window each tap of a phase lies, from the place: channels before rows before columns of the kernel.</summary>
    public nint[] Taps(SlidingAxis vertical, SlidingAxis horizontal)
    {
        var (taps, at) = (new nint[checked(pair.SourceChannels * vertical.Taps.Length * horizontal.Taps.Length)], 0);
        for (var channel = 0; channel < pair.SourceChannels; channel++)
        foreach (var y in vertical.Offsets)
        foreach (var x in horizontal.Offsets)
            taps[at++] = Tap(channel, y, x);
        return taps;
    }

    /// <summary>The same, rows of the kernel before channels before columns.</summary>
    public nint[] TapsByRow(SlidingAxis vertical, SlidingAxis horizontal)
    {
        var (taps, at) = (new nint[checked(pair.SourceChannels * vertical.Taps.Length * horizontal.Taps.Length)], 0);
        foreach (var y in vertical.Offsets)
        for (var channel = 0; channel < pair.SourceChannels; channel++)
        foreach (var x in horizontal.Offsets)
            taps[at++] = Tap(channel, y, x);
        return taps;
    }

    private nint Tap(int channel, int y, int x)
    {
        var column = x - pair.Horizontal.Least;
        return (channel * Plane) + ((y - pair.Vertical.Least) * Row) + (column % split * part) + (column / split);
    }

    /// <summary>Copies what a block sees of a group of the source, and a register of zeros: a register that reaches beyond a row finds numbers.</summary>
    public void Load<R, V>(in ImageBlock block, int group, float* source, float* window) where R : struct, IProductRegister<V> where V : struct
    {
        var top = (block.Top / pair.Vertical.Pace.Step * pair.Vertical.Pace.Scale) + pair.Vertical.Least;
        var left = (block.Left / pair.Horizontal.Pace.Step * pair.Horizontal.Pace.Scale) + pair.Horizontal.Least;
        var before = Math.Clamp(-left, 0, windowWidth);
        var inside = Math.Clamp(pair.SourceWidth - Math.Max(left, 0), 0, windowWidth - before);
        new Span<float>(window + (block.Images * Image), R.Count).Clear();
        for (var n = 0; n < block.Images; n++)
        {
            var from = source + ((((nint)(block.Image + n) * pair.Groups) + group) * pair.SourceChannels * pair.SourceImage) + left;
            for (var channel = 0; channel < pair.SourceChannels; channel++, from += pair.SourceImage)
            {
                var to = window + (n * Image) + (channel * Plane);
                for (var y = top; y < top + windowHeight; y++, to += Row)
                {
                    if (y < 0 || y >= pair.SourceHeight || inside == 0) new Span<float>(to, (int)Row).Clear();
                    else if (split == 1) CopyRow<R, V>(from + ((nint)y * pair.SourceWidth), to, before, inside, windowWidth);
                    else SortRow(from + ((nint)y * pair.SourceWidth), to, before, inside);
                }
                new Span<float>(to, (int)(Plane - (windowHeight * Row))).Clear();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyRow<R, V>(float* from, float* to, int before, int inside, int width) where R : struct, IProductRegister<V> where V : struct
    {
        for (var x = 0; x < before; x++) to[x] = 0;
        var end = before + inside;
        var at = before;
        for (; at <= end - R.Count; at += R.Count) R.Store(to + at, R.Load(from + at));
        if (at < end) R.StorePart(to + at, R.LoadPart(from + at, end - at), end - at);
        for (var x = end; x < width; x++) to[x] = 0;
    }

    private void SortRow(float* from, float* to, int before, int inside)
    {
        for (var residue = 0; residue < split; residue++)
        for (var i = 0; i < part; i++)
        {
            var x = (i * split) + residue;
            *to++ = x >= before && x < before + inside ? from[x] : 0;
        }
    }
}
