using Nabla.Backends.Cpu.Products;

namespace Nabla.Backends.Cpu.Convolutions;

/// <summary>
/// A weight in the order in which the gathering kernels read it: per group and phase of the window, panels of lanes (the target's channels), each [source channels · taps, width].
/// Those of a parameter are kept with it from the second use on until it changes: a step of training uses each direction once and keeps nothing, inference packs once.
/// </summary>
internal sealed unsafe class FilterPanels
{
    private readonly (ConvolutionGeometry, bool, long) use;
    private Tensor? packed;

    private FilterPanels((ConvolutionGeometry, bool, long) use) => this.use = use;

    /// <summary>The panels [groups, length] of a contiguous weight for the way forward, or back from dy to dx.</summary>
    public static Tensor Of(in ConvolutionGeometry g, bool back, ImagePair pair, Tensor weight)
    {
        if (!weight.Storage.IsParameter) return Pack(g, back, pair, weight);
        // What does not enter the packing must not tell two uses apart.
        var use = (g with { Batch = 0, Height = 0, Width = 0, Rows = 0, Columns = 0 }, back, weight.Offset);
        if (weight.Storage.Derived is FilterPanels kept && kept.use == use) return kept.packed ??= Keep(g, back, pair, weight);
        weight.Storage.Derived = new FilterPanels(use);
        return Pack(g, back, pair, weight);
    }

    /// <summary>Packs where the walk back cannot see it, which frees what its steps have made.</summary>
    private static Tensor Keep(in ConvolutionGeometry g, bool back, ImagePair pair, Tensor weight)
    {
        var log = MemoryPool.Log(null);
        try
        {
            return Pack(g, back, pair, weight);
        }
        finally
        {
            MemoryPool.Log(log);
        }
    }

    private static Tensor Pack(in ConvolutionGeometry g, bool back, ImagePair pair, Tensor weight)
    {
        var code = new Packing(g, back, pair, weight);
        RegisterChoice.Run(code);
        return code.Packed[0]!;
    }

    /// <summary>Lanes as packed: the last panel is one register wide where that is enough.</summary>
    public static int Padded(int lanes, int register) => ((lanes - 1) / register * register) + register;

    private readonly struct Packing(ConvolutionGeometry g, bool back, ImagePair pair, Tensor weight) : IRegisterCode
    {
        public readonly Tensor?[] Packed = new Tensor?[1];

        public void Run<R, V>() where R : struct, IProductRegister<V> where V : struct
        {
            var depth = (nint)pair.SourceChannels * g.Taps;
            var packed = Tensor.Empty([g.Groups, checked((int)((depth * Padded(pair.Channels, R.Count)) + ProductPacking<R, V>.Slack))], DType.Float32);
            var body = new Groups<R, V>(g, back, pair, weight.Pointer<float>(), packed.Pointer<float>(), packed.Shape[1]);
            ThreadTeam.Run(g.Groups, ref body);
            Packed[0] = packed;
            GC.KeepAlive(weight);
        }
    }

    private readonly struct Groups<R, V>(ConvolutionGeometry g, bool back, ImagePair pair, float* weight, float* data, nint length) : IPart where R : struct, IProductRegister<V> where V : struct
    {
        public void Run(int group)
        {
            var from = weight + (group * (nint)g.Outputs * g.Channels * g.Taps);
            var to = data + (group * length);
            foreach (var vertical in pair.Vertical.Phases)
            foreach (var horizontal in pair.Horizontal.Phases)
            {
                for (var lane = 0; lane < pair.Channels; lane += 2 * R.Count)
                {
                    var (lanes, width) = (Math.Min(2 * R.Count, pair.Channels - lane), Math.Min(2 * R.Count, Padded(pair.Channels, R.Count) - lane));
                    to = Pack(from, vertical, horizontal, lane, lanes, width, to);
                }
            }
        }

        private float* Pack(float* from, SlidingAxis vertical, SlidingAxis horizontal, int lane, int lanes, int width, float* to)
        {
            nint filter = (nint)g.Channels * g.Taps, source = back ? filter : g.Taps, across = back ? g.Taps : filter;
            if (!back)
            {
                var depth = g.Channels * g.Taps;
                ProductPacking<R, V>.Panel(from + (lane * across), 1, across, lanes, width, depth, to);
                return to + ((nint)depth * width);
            }
            for (var channel = 0; channel < pair.SourceChannels; channel++)
            foreach (var y in vertical.Taps)
            foreach (var x in horizontal.Taps)
            {
                var tap = from + (channel * source) + (y * g.KernelX) + x + (lane * across);
                for (var j = 0; j < lanes; j++) to[j] = tap[j * across];
                to += width;
            }
            return to;
        }
    }
}
