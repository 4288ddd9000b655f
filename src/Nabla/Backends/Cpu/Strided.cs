namespace Nabla.Backends.Cpu;

/// <summary>What happens along one innermost run of a walk over strided operands.</summary>
internal interface IRun
{
    /// <param name="at">Where the run starts in the row-major result, in elements.</param>
    /// <param name="length">Number of elements.</param>
    /// <param name="offsets">For each operand, where the run starts, in elements from its first.</param>
    /// <param name="steps">For each operand, the distance between neighbours of the run; 0 where it is broadcast.</param>
    void Run(long at, long length, scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> steps);
}

/// <summary>Walks operands of any strides, broadcast to one shape, in row-major order. Axes that lie one after another in all operands are merged.</summary>
internal static unsafe class Strided
{
    /// <summary>The whole walk, on this thread.</summary>
    public static void Walk<TRun>(Shape shape, ReadOnlySpan<Tensor> operands, ref TRun run) where TRun : struct, IRun =>
        Split(shape, operands, long.MaxValue, ref run);

    /// <summary>The walk in parts of at least <paramref name="grain"/> elements that may run at the same time; a run may be cut anywhere.</summary>
    public static void Split<TRun>(Shape shape, ReadOnlySpan<Tensor> operands, long grain, ref TRun run) where TRun : struct, IRun
    {
        var length = shape.Length;
        if (length == 0) return;
        long* dims = stackalloc long[shape.Rank + 1], strides = stackalloc long[(shape.Rank + 1) * operands.Length];
        var rank = Merge(shape, operands, dims, strides);
        var stretch = new Stretch<TRun>(run, rank, operands.Length, dims, strides);
        ThreadTeam.Run(length, grain, ref stretch);
        run = stretch.Body;
    }

    /// <summary>Fills dims and, axis by axis, the operands' strides; returns the number of axes left, at least 1.</summary>
    internal static int Merge(Shape shape, ReadOnlySpan<Tensor> operands, long* dims, long* strides)
    {
        var (rank, count) = (0, operands.Length);
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            if (shape[axis] == 1) continue;
            var steps = strides + (rank * count);
            var mergeable = rank > 0;
            for (var o = 0; o < count; o++)
            {
                steps[o] = Stride(operands[o], axis - shape.Rank);
                mergeable &= rank > 0 && steps[o - count] == steps[o] * shape[axis];
            }
            if (mergeable)
            {
                dims[rank - 1] *= shape[axis];
                for (var o = 0; o < count; o++) steps[o - count] = steps[o];
            }
            else dims[rank++] = shape[axis];
        }
        if (rank > 0) return rank;
        dims[0] = 1;
        new Span<long>(strides, count).Clear();
        return 1;
    }

    /// <summary>The stride of an axis counted from the end (−1 is the last); 0 where the operand is stretched.</summary>
    private static long Stride(Tensor x, int fromEnd)
    {
        var axis = x.Rank + fromEnd;
        return axis < 0 || x.Shape[axis] == 1 ? 0 : x.Stride(axis);
    }

    /// <summary>Any stretch of the walk.</summary>
    private struct Stretch<TRun>(TRun body, int rank, int count, long* dims, long* strides) : IRange where TRun : struct, IRun
    {
        public TRun Body = body;

        public void Run(long start, long end)
        {
            Span<long> offsets = stackalloc long[count], index = stackalloc long[rank];
            var inner = new ReadOnlySpan<long>(strides + ((rank - 1) * count), count);
            var length = dims[rank - 1];
            Find(start, index, offsets);
            for (var at = start; ; )
            {
                var part = Math.Min(length - index[^1], end - at);
                Body.Run(at, part, offsets, inner);
                at += part;
                if (at >= end) return;
                for (var o = 0; o < count; o++) offsets[o] -= inner[o] * index[^1];
                index[^1] = 0;
                Advance(index, offsets);
            }
        }

        private readonly void Find(long start, Span<long> index, Span<long> offsets)
        {
            for (var axis = rank - 1; axis >= 0; axis--)
            {
                (start, index[axis]) = start == 0 ? (0, 0) : Math.DivRem(start, dims[axis]);
                for (var o = 0; o < count; o++) offsets[o] += index[axis] * strides[(axis * count) + o];
            }
        }

        /// <summary>The next run: carries from the axis before the innermost outwards.</summary>
        private readonly void Advance(Span<long> index, Span<long> offsets)
        {
            for (var axis = rank - 2; axis >= 0; axis--)
            {
                var steps = strides + (axis * count);
                if (++index[axis] < dims[axis])
                {
                    for (var o = 0; o < count; o++) offsets[o] += steps[o];
                    return;
                }
                for (var o = 0; o < count; o++) offsets[o] -= steps[o] * (dims[axis] - 1);
                index[axis] = 0;
            }
        }
    }
}
