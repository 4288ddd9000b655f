namespace Nabla.Checkpoints.Torch;

/// <summary>Checks that a tensor is a window on its storage in which every element has a position of its own.</summary>
internal static class TensorGeometry
{
    private const int MaxRank = 64;
    private const string Damaged = "The file is damaged: download it again.";

    /// <summary>The tensor as it is stored.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="tensor">What the pickle says of it.</param>
    /// <param name="start">Where the storage begins in the file.</param>
    /// <param name="bytes">How long the storage is in the file.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">It reaches beyond its storage, or elements share a position.</exception>
    public static StoredTensor Check(string name, TorchTensor tensor, long start, long bytes, string path)
    {
        var shape = CheckShape(name, tensor, path);
        var size = tensor.Type.Bits / 8;
        if (tensor.Offset < 0) throw new CheckpointException(path, name, $"its offset {tensor.Offset} is negative. {Damaged}");
        // An empty tensor has no element that could be outside.
        if (shape.Length == 0) return new(name, tensor.Type, shape, start, start);
        var last = (Int128)tensor.Offset;
        for (var axis = 0; axis < shape.Rank; axis++) last += (shape[axis] - 1) * (Int128)tensor.Strides[axis];
        if (last >= bytes / size)
            throw new CheckpointException(path, name,
                $"its shape {shape} with strides {Text(tensor.Strides)} from element {tensor.Offset} on reaches beyond its storage of "
                + $"{bytes / size} elements. {Damaged}");
        CheckOverlap(name, tensor, shape, path);
        var begin = start + (tensor.Offset * size);
        var strides = IsRowMajor(shape, tensor.Strides) ? null : tensor.Strides;
        return new(name, tensor.Type, shape, begin, begin + (shape.Length * size), strides);
    }

    private static Shape CheckShape(string name, TorchTensor tensor, string path)
    {
        var (sizes, strides) = (tensor.Sizes, tensor.Strides);
        if (sizes.Length != strides.Length || sizes.Length > MaxRank)
            throw new CheckpointException(path, name,
                $"it has {sizes.Length} sizes and {strides.Length} strides; both must be one per axis, at most {MaxRank}. {Damaged}");
        if (Array.Exists(sizes, size => size is < 0 or > int.MaxValue))
            throw new CheckpointException(path, name, $"its sizes {Text(sizes)} are not all from 0 to {int.MaxValue}. {Damaged}");
        if (Array.Exists(strides, stride => stride < 0))
            throw new CheckpointException(path, name, $"its strides {Text(strides)} are not all 0 or more. {Damaged}");
        var length = (Int128)1;
        foreach (var size in sizes)
            if ((length *= Math.Max(size, 1)) > long.MaxValue / 8)
                throw new CheckpointException(path, name, $"its shape {Text(sizes)} has too many elements for any file. {Damaged}");
        return Shape.Create([.. sizes.Select(size => (int)size)]);
    }

    /// <summary>From the shortest stride on, each must step over all that the shorter ones reach.</summary>
    private static void CheckOverlap(string name, TorchTensor tensor, Shape shape, string path)
    {
        var reach = (Int128)0;
        foreach (var axis in Enumerable.Range(0, shape.Rank).Where(axis => shape[axis] > 1).OrderBy(axis => tensor.Strides[axis]))
        {
            if (tensor.Strides[axis] <= reach)
                throw new CheckpointException(path, name,
                    $"its shape {shape} with strides {Text(tensor.Strides)} gives several elements one position, as an expanded "
                    + "view does. Save a copy: tensor.contiguous().");
            reach += (shape[axis] - 1) * (Int128)tensor.Strides[axis];
        }
    }

    private static bool IsRowMajor(Shape shape, long[] strides)
    {
        var step = 1L;
        for (var axis = shape.Rank - 1; axis >= 0; axis--)
        {
            if (shape[axis] != 1 && strides[axis] != step) return false;
            step *= shape[axis];
        }
        return true;
    }

    private static string Text(long[] numbers) => $"[{string.Join(", ", numbers.Take(8))}{(numbers.Length > 8 ? ", …" : "")}]";
}
