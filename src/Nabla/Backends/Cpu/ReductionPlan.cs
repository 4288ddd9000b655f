namespace Nabla.Backends.Cpu;

/// <summary>One axis of a reduction: its length, its step in the input and, if it is kept, in the output.</summary>
internal record struct ReductionAxis(long Length, long Step, long Out);

/// <summary>
/// The axes of a reduction in the order of memory, whatever their order in the tensor: neighbours merged, kept and folded ones apart, and the
/// innermost, along which memory runs, by itself.
/// </summary>
internal unsafe ref struct ReductionPlan
{
    private readonly Span<ReductionAxis> axes;
    private readonly int kept;

    /// <summary>Space for the axes of a tensor.</summary>
    public static int Space(Tensor x) => x.Rank + 1;

    /// <summary>Whether the innermost axis is folded.</summary>
    public bool InnerFolded { get; }

    /// <summary>The axis along which memory runs; its step is 1 unless there is no such axis.</summary>
    public ReductionAxis Inner { get; }

    /// <summary>The other axes that stay.</summary>
    public readonly Span<ReductionAxis> Kept => axes[..kept];

    /// <summary>The other axes that go.</summary>
    public readonly Span<ReductionAxis> Folded => axes[kept..];

    /// <param name="x">What is reduced.</param>
    /// <param name="folded">The axes that go, ascending.</param>
    /// <param name="space">Where to keep the axes.</param>
    public ReductionPlan(Tensor x, ReadOnlySpan<int> folded, Span<ReductionAxis> space)
    {
        var count = Gather(x, folded, space);
        space[..count].Sort(static (a, b) => Distance(b).CompareTo(Distance(a)));
        count = Merge(space[..count]);
        (Inner, InnerFolded) = count == 0 ? (new(1, 1, Gone), true) : (space[count - 1], space[count - 1].Out == Gone);
        axes = space[..Math.Max(0, count - 1)];
        axes.Sort(static (a, b) => (a.Out == Gone).CompareTo(b.Out == Gone) is var order and not 0 ? order : Distance(b).CompareTo(Distance(a)));
        while (kept < axes.Length && axes[kept].Out != Gone) kept++;
    }

    /// <summary>The output step of a folded axis.</summary>
    private const long Gone = -1;

    /// <summary>How far apart neighbours are; a stretched axis counts as the farthest, so that it is never the innermost.</summary>
    private static long Distance(ReductionAxis axis) => axis.Step == 0 ? long.MaxValue : Math.Abs(axis.Step);

    private static int Gather(Tensor x, ReadOnlySpan<int> folded, Span<ReductionAxis> space)
    {
        var (count, output) = (0, 1L);
        for (var axis = x.Rank - 1; axis >= 0; axis--)
        {
            var (length, goes) = (x.Shape[axis], folded.Contains(axis));
            if (length != 1) space[count++] = new(length, x.Stride(axis), goes ? Gone : output);
            if (!goes) output *= length;
        }
        return count;
    }

    private static int Merge(Span<ReductionAxis> axes)
    {
        var count = 0;
        foreach (var axis in axes)
        {
            if (count > 0 && axes[count - 1] is var outer && outer.Step == axis.Step * axis.Length
                && (axis.Out == Gone ? outer.Out == Gone : outer.Out == axis.Out * axis.Length))
                axes[count - 1] = axis with { Length = axis.Length * outer.Length };
            else axes[count++] = axis;
        }
        return count;
    }

    /// <summary>The number of combinations of some axes.</summary>
    public static long Combinations(ReadOnlySpan<ReductionAxis> axes)
    {
        var product = 1L;
        foreach (var axis in axes) product *= axis.Length;
        return product;
    }
}

/// <summary>Axes that are counted through as one, the last fastest.</summary>
internal readonly unsafe struct ReductionAxes(ReductionAxis* axes, int count)
{
    /// <summary>Where a combination lies in the input, and in the output.</summary>
    public long At(long index, out long output)
    {
        var input = 0L;
        output = 0;
        for (var axis = count - 1; axis >= 0; axis--)
        {
            (index, var at) = axis == 0 ? (0, index) : Math.DivRem(index, axes[axis].Length);
            input += at * axes[axis].Step;
            output += at * axes[axis].Out;
        }
        return input;
    }
}
