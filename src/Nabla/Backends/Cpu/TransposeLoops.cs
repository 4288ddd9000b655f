using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu;

/// <summary>
/// Copies a tensor whose innermost axis is not the one along which its memory runs: by tiles of 16 × 16, so that every cache line is read
/// and written once.
/// </summary>
internal static unsafe class TransposeLoops
{
    private const int Tile = 16;

    /// <summary>Copies the source, broadcast to the shape, into the contiguous target if tiles pay; else does nothing and returns false.</summary>
    public static bool TryCopy<T>(Tensor source, T* from, T* to, Shape shape) where T : unmanaged
    {
        if (shape.Length < Tile * Tile) return false;
        long* dims = stackalloc long[shape.Rank + 1], strides = stackalloc long[shape.Rank + 1];
        var rank = Strided.Merge(shape, [source], dims, strides);
        var along = AxisAlongMemory(rank, dims, strides);
        if (along < 0) return false;
        var step = 1L;
        for (var axis = rank - 1; axis > along; axis--) step *= dims[axis];
        var (rows, columns) = (dims[along], dims[rank - 1]);
        var copy = new Tiles<T>(from, to, rank, dims, strides, along, step);
        // one item: the tiles of 16 rows of the target
        var items = shape.Length / (rows * columns) * ((rows + Tile - 1) / Tile);
        ThreadTeam.Run(items, Math.Max(1, ElementwiseLoops.Grain / (Tile * columns)), ref copy);
        return true;
    }

    /// <summary>The axis along which neighbours are next to each other in memory, if it is not the innermost and tiles fit; else −1.</summary>
    private static int AxisAlongMemory(int rank, long* dims, long* strides)
    {
        if (strides[rank - 1] <= 1 || dims[rank - 1] < Tile / 2) return -1;
        for (var axis = rank - 2; axis >= 0; axis--)
            if (strides[axis] == 1 && dims[axis] >= Tile / 2) return axis;
        return -1;
    }

    private readonly struct Tiles<T>(T* from, T* to, int rank, long* dims, long* strides, int along, long step) : IRange where T : unmanaged
    {
        public void Run(long start, long end)
        {
            var (rows, columns, stride) = (dims[along], dims[rank - 1], strides[rank - 1]);
            var groups = (rows + Tile - 1) / Tile;
            for (var item = start; item < end; item++)
            {
                var (matrix, group) = Math.DivRem(item, groups);
                Find(matrix, out var source, out var target);
                var row = group * Tile;
                var height = (int)Math.Min(Tile, rows - row);
                T* read = source + row, write = target + (row * step);
                for (var column = 0L; column < columns; column += Tile)
                    Copy(read + (column * stride), stride, (int)Math.Min(Tile, columns - column), write + column, step, height);
            }
        }

        /// <summary>Where a matrix of the two axes starts: the index counts through the other axes.</summary>
        private void Find(long index, out T* source, out T* target)
        {
            source = from;
            target = to;
            var size = dims[rank - 1];
            for (var axis = rank - 2; axis >= 0; size *= dims[axis--])
            {
                if (axis == along) continue;
                (index, var at) = Math.DivRem(index, dims[axis]);
                source += at * strides[axis];
                target += at * size;
            }
        }

        /// <summary>target[j, i] = source[i, j] for i &lt; width (source rows, <paramref name="stride"/> apart) and j &lt; height.</summary>
        private static void Copy(T* source, long stride, int width, T* target, long step, int height)
        {
            if (sizeof(T) == sizeof(float) && width == Tile && height == Tile)
            {
                if (Register512.IsSupported) Register512.Transpose((float*)source, (nint)stride, Tile, (float*)target, (nint)step);
                else if (Register256.IsSupported) Quarters<Register256>((float*)source, (nint)stride, (float*)target, (nint)step);
                else Plain(source, stride, Tile, target, step, Tile);
            }
            else Plain(source, stride, width, target, step, height);
        }

        private static void Quarters<R>(float* source, nint stride, float* target, nint step) where R : struct, IProductRegister<System.Runtime.Intrinsics.Vector256<float>>
        {
            for (var i = 0; i < Tile; i += 8)
            for (var j = 0; j < Tile; j += 8)
                R.Transpose(source + (i * stride) + j, stride, 8, target + (j * step) + i, step);
        }

        private static void Plain(T* source, long stride, int width, T* target, long step, int height)
        {
            for (var j = 0; j < height; j++, source++, target += step)
                for (var i = 0; i < width; i++) target[i] = source[i * stride];
        }
    }
}
