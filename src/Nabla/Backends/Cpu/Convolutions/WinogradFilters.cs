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
/// Transforms filters into the order in which the products read them: per panel of two registers of outputs and block of channels [36, channels, outputs].
/// </summary>
internal readonly unsafe struct WinogradFilterPacking<R, V>(WinogradFilters filters, float* target) : IPart where R : struct, IProductRegister<V> where V : struct
{
    public static int Panel => 2 * R.Count;

    public static int Panels(int outputs) => (outputs + Panel - 1) / Panel;

    /// <summary>All filters transformed, on the team.</summary>
    public static Tensor Pack(WinogradFilters filters)
    {
        var panels = Panels(filters.Outputs);
        var packed = Tensor.Empty([panels, checked(36 * Panel * filters.Channels)], DType.Float32);
        var packing = new WinogradFilterPacking<R, V>(filters, packed.Pointer<float>());
        ThreadTeam.Run(panels, ref packing);
        GC.KeepAlive(packed);
        return packed;
    }

    /// <summary>Transforms one panel with all channels, in blocks of <see cref="WinogradProducts{R,V}.Depth"/> channels.</summary>
    public void Run(int part)
    {
        var depth = WinogradProducts<R, V>.Depth(filters.Channels);
        for (var c = 0; c < filters.Channels; c += depth)
            Block(part * Panel, c, Math.Min(depth, filters.Channels - c), target + (36 * Panel * (((nint)part * filters.Channels) + c)));
    }

    /// <summary>Transforms a panel from output <paramref name="output"/> on, and <paramref name="channels"/> channels.</summary>
    public void Block(int output, int channel, int channels, float* to)
    {
        var small = WinogradScratch.Of(WinogradScratch.Use.Small, (18 + 16) * R.Count);
        for (var o = output; o < Math.Min(output + Panel, filters.Outputs); o += R.Count)
        {
            var lanes = Math.Min(R.Count, filters.Outputs - o);
            var taps = filters.Turned ? small + (8 * R.Count) : small;
            for (var c = 0; c < channels; c++)
            {
                Taps(filters.Data + (o * filters.OutputStep) + ((channel + c) * filters.ChannelStep), lanes, small);
                WinogradTransforms<R, V>.Filter(taps, filters.Turned ? -R.Count : R.Count, to + ((nint)c * Panel) + o - output, (nint)channels * Panel, small + (16 * R.Count));
            }
        }
    }

    /// <summary>[outputs, taps] → [taps, register]. A register's outputs beyond <paramref name="lanes"/> are arbitrary.</summary>
    private void Taps(float* source, int lanes, float* to)
    {
        // The columns are transposed a register at a time, more than the nine there are: not over the end of the tensor.
        if (source + ((lanes - 1) * filters.OutputStep) + 16 <= filters.End)
        {
            for (var tap = 0; tap < 9; tap += R.Count) R.Transpose(source + tap, filters.OutputStep, lanes, to + (tap * R.Count), R.Count);
            return;
        }
        for (var tap = 0; tap < 9; tap++)
        for (var o = 0; o < lanes; o++)
            to[(tap * R.Count) + o] = source[(o * filters.OutputStep) + tap];
    }
}
