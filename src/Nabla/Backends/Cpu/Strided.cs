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
internal static class Strided
{
    public static void Walk<TRun>(Shape shape, ReadOnlySpan<Tensor> operands, ref TRun run) where TRun : IRun, allows ref struct
    {
        if (shape.Length == 0) return;
        Span<long> dims = stackalloc long[shape.Rank + 1], strides = stackalloc long[(shape.Rank + 1) * operands.Length];
        var rank = Merge(shape, operands, dims, strides);
        Span<long> offsets = stackalloc long[operands.Length], index = stackalloc long[rank];
        var inner = strides.Slice((rank - 1) * operands.Length, operands.Length);
        var length = dims[rank - 1];
        for (var at = 0L; ; at += length)
        {
            run.Run(at, length, offsets, inner);
            if (!Advance(rank - 2, index, dims, strides, offsets)) return;
        }
    }

    private static bool Advance(int axis, Span<long> index, ReadOnlySpan<long> dims, ReadOnlySpan<long> strides, Span<long> offsets)
    {
        for (; axis >= 0; axis--)
        {
            var steps = strides.Slice(axis * offsets.Length, offsets.Length);
            if (++index[axis] < dims[axis])
            {
                for (var o = 0; o < offsets.Length; o++) offsets[o] += steps[o];
                return true;
            }
            for (var o = 0; o < offsets.Length; o++) offsets[o] -= steps[o] * (dims[axis] - 1);
            index[axis] = 0;
        }
        return false;
    }

    /// <summary>Fills dims and, axis by axis, the operands' strides; returns the number of axes left, at least 1.</summary>
    private static int Merge(Shape shape, ReadOnlySpan<Tensor> operands, Span<long> dims, Span<long> strides)
    {
        var (rank, count) = (0, operands.Length);
        for (var axis = 0; axis < shape.Rank; axis++)
        {
            if (shape[axis] == 1) continue;
            var steps = strides.Slice(rank * count, count);
            var mergeable = rank > 0;
            for (var o = 0; o < count; o++)
            {
                steps[o] = Stride(operands[o], axis - shape.Rank);
                mergeable &= rank > 0 && strides[((rank - 1) * count) + o] == steps[o] * shape[axis];
            }
            if (mergeable)
            {
                dims[rank - 1] *= shape[axis];
                steps.CopyTo(strides.Slice((rank - 1) * count, count));
            }
            else dims[rank++] = shape[axis];
        }
        if (rank > 0) return rank;
        dims[0] = 1;
        strides[..count].Clear();
        return 1;
    }

    /// <summary>The stride of an axis counted from the end (−1 is the last); 0 where the operand is stretched.</summary>
    private static long Stride(Tensor x, int fromEnd)
    {
        var axis = x.Rank + fromEnd;
        return axis < 0 || x.Shape[axis] == 1 ? 0 : x.Stride(axis);
    }
}
