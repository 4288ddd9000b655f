using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// The filters of a convolution, in which output o and channel c meet at Data + o · OutputStep + c · ChannelStep with nine taps: [outputs, channels, 3, 3] as it is, or for the gradient by the
/// input with outputs and channels exchanged and every filter turned by 180°.
/// </summary>
internal readonly unsafe record struct WinogradFilters(Tensor Weight, int Outputs, int Channels, bool Turned)
{
    public float* Data => Weight.Pointer<float>();
    public nint OutputStep => Turned ? 9 : 9 * (nint)Channels;
    public nint ChannelStep => Turned ? 9 * (nint)Outputs : 9;
    public float* End => Data + (9 * (nint)Outputs * Channels);
}

/// <summary>
/// Transforms filters into the order in which the products read them: for each panel of two registers of outputs and each block of channels a spectrum [36, channels, outputs].
/// </summary>
internal readonly unsafe struct WinogradFilterPacking<R, V>(WinogradFilters filters, float* target) : IPart where R : struct, IProductRegister<V> where V : struct
{
    public static int Panel => 2 * R.Count;

    public static int Panels(int outputs) => (outputs + Panel - 1) / Panel;

    /// <summary>Floats of a panel and all channels.</summary>
    private static nint PanelLength(int channels)
    {
        var depth = WinogradProducts<R, V>.Depth(channels);
        return (channels + depth - 1) / depth * WinogradSpectrum.OfPanel(depth, Panel).Length;
    }

    /// <summary>All filters transformed, on the team.</summary>
    public static Tensor Pack(WinogradFilters filters)
    {
        var panels = Panels(filters.Outputs);
        var packed = Tensor.Empty([panels, checked((int)PanelLength(filters.Channels))], DType.Float32);
        var packing = new WinogradFilterPacking<R, V>(filters, packed.Pointer<float>());
        ThreadTeam.Run(panels, ref packing);
        GC.KeepAlive(packed);
        return packed;
    }

    /// <summary>Transforms one panel with all channels.</summary>
    public void Run(int part)
    {
        var depth = WinogradProducts<R, V>.Depth(filters.Channels);
        for (var c = 0; c < filters.Channels; c += depth) Block(part, c, Math.Min(depth, filters.Channels - c), Packed(part, c));
    }

    /// <summary>Where a panel and the channels from <paramref name="channel"/> on are among all filters.</summary>
    public WinogradSpectrum Packed(int panel, int channel)
    {
        var depth = WinogradProducts<R, V>.Depth(filters.Channels);
        var block = WinogradSpectrum.OfPanel(depth, Panel);
        return block.At(target + (panel * PanelLength(filters.Channels)) + (channel / depth * block.Length));
    }

    /// <summary>Transforms a panel and <paramref name="channels"/> channels from <paramref name="channel"/> on.</summary>
    public void Block(int panel, int channel, int channels, in WinogradSpectrum to)
    {
        var taps = Scratch.Mine.Small.Of((18 + 16) * R.Count);
        var first = filters.Turned ? taps + (8 * R.Count) : taps;
        var output = panel * Panel;
        for (var o = output; o < Math.Min(output + Panel, filters.Outputs); o += R.Count)
        {
            var lanes = Math.Min(R.Count, filters.Outputs - o);
            var source = Nearby(filters.Data + (o * filters.OutputStep) + (channel * filters.ChannelStep), lanes, channels, out var outputStep, out var channelStep);
            for (var c = 0; c < channels; c++)
            {
                for (var tap = 0; tap < 9; tap += R.Count) R.Transpose(source + (c * channelStep) + tap, outputStep, lanes, taps + (tap * R.Count), R.Count);
                WinogradTransforms<R, V>.Filter(first, filters.Turned ? -R.Count : R.Count, to.Data + (c * to.Row) + o - output, to.Plane, taps + (16 * R.Count));
            }
        }
    }

    /// <summary>
    /// The filters of a register of outputs, copied where it pays: reading one output after another is what the hardware foresees. Transposing a register at a time reaches over the nine taps, which in
    /// the tensor could be over its end.
    /// </summary>
    private float* Nearby(float* source, int lanes, int channels, out nint outputStep, out nint channelStep)
    {
        (outputStep, channelStep) = (filters.OutputStep, filters.ChannelStep);
        if (filters.Turned && source + ((channels - 1) * channelStep) + ((lanes - 1) * outputStep) + 16 <= filters.End) return source;
        (outputStep, channelStep) = filters.Turned ? (9, (9 * R.Count) + 16) : ((9 * (nint)channels) + 16, 9);
        var (rows, length, from, to) = filters.Turned ? (channels, 9 * lanes, filters.ChannelStep, channelStep) : (lanes, 9 * channels, filters.OutputStep, outputStep);
        var copy = Scratch.Mine.Pixels.Of((rows * to) + 16);
        for (var i = 0; i < rows; i++) Buffer.MemoryCopy(source + (i * from), copy + (i * to), length * sizeof(float), length * sizeof(float));
        return copy;
    }
}
