namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// Along one axis, which source elements some target elements are sums over: target First + i · Step sees source i · Scale + Offsets[k] through the tap Taps[k].
/// </summary>
internal sealed record SlidingAxis(int First, int Step, int Scale, int[] Taps, int[] Offsets)
{
    /// <summary>How many of the first <paramref name="length"/> targets there are.</summary>
    public int Count(int length) => length <= First ? 0 : ((length - First - 1) / Step) + 1;
}

/// <summary>All target elements along an axis: one relation for a convolution; for its gradient by the input one for each residue of the stride, some without taps.</summary>
internal sealed class SlidingAxes
{
    private SlidingAxes(params SlidingAxis[] phases)
    {
        Phases = phases;
        (Least, Most) = (int.MaxValue, int.MinValue);
        foreach (var phase in phases)
            foreach (var offset in phase.Offsets) (Least, Most) = (Math.Min(Least, offset), Math.Max(Most, offset));
    }

    public SlidingAxis[] Phases { get; }

    /// <summary>The distance of two targets of a phase, and of the source elements that they see.</summary>
    public (int Step, int Scale) Pace => (Phases[0].Step, Phases[0].Scale);

    /// <summary>The least offset of any phase.</summary>
    public int Least { get; }

    /// <summary>The largest offset of any phase.</summary>
    public int Most { get; }

    /// <summary>y[i] = Σₖ w[k] · x[stride · i + dilation · k − padding]</summary>
    public static SlidingAxes Forward(int kernel, int stride, int padding, int dilation)
    {
        var (taps, offsets) = (new int[kernel], new int[kernel]);
        for (var k = 0; k < kernel; k++) (taps[k], offsets[k]) = (k, (k * dilation) - padding);
        return new(new SlidingAxis(0, 1, stride, taps, offsets));
    }

    /// <summary>dx[j] = Σ w[k] · dy[i] over all i and k with stride · i + dilation · k − padding = j.</summary>
    public static SlidingAxes Back(int kernel, int stride, int padding, int dilation)
    {
        var phases = new SlidingAxis[stride];
        for (var first = 0; first < stride; first++)
        {
            List<int> taps = [], offsets = [];
            for (var k = 0; k < kernel; k++)
            {
                if ((first + padding - (k * dilation)) % stride != 0) continue;
                taps.Add(k);
                offsets.Add((first + padding - (k * dilation)) / stride);
            }
            phases[first] = new(first, stride, 1, [.. taps], [.. offsets]);
        }
        return new(phases);
    }

    /// <summary>How much of the source the first <paramref name="length"/> targets see, from the least offset on.</summary>
    public int Reach(int length)
    {
        var last = Least;
        foreach (var phase in Phases)
        {
            if (phase.Count(length) is 0) continue;
            foreach (var offset in phase.Offsets) last = Math.Max(last, ((phase.Count(length) - 1) * phase.Scale) + offset);
        }
        return 1 + last - Least;
    }
}
