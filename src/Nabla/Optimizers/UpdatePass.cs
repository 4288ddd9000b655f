using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Nabla.Backends;
using Nabla.Backends.Cpu;

namespace Nabla.Optimizers;

/// <summary>An optimizer's formula for one element, with its constants: the new parameter from the old one, its gradient and its state.</summary>
internal interface IUpdateRule
{
    /// <summary>
    /// Returns the new parameter; leaves the new state in <paramref name="a"/>, <paramref name="b"/> and <paramref name="c"/>, as many as the optimizer has
    /// slots.
    /// </summary>
    V Of<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, ILane<V>;
}

/// <summary>One step over all parameters as one loop, in place.</summary>
internal sealed unsafe class UpdatePass
{
    private readonly List<Part> parts = [];
    private readonly List<Tensor> gradients = [];

    internal struct Part(Tracked tracked, byte* parameter, byte* gradient, long length)
    {
        public readonly Tracked Tracked => tracked;
        public readonly byte* Parameter => parameter;
        public readonly byte* Gradient => gradient;
        public readonly long Length => length;
        public Turn Turn;
    }

    /// <summary>[slots, elements]; null if the optimizer has no slots.</summary>
    public Tensor? State { get; set; }

    /// <summary>By what each gradient is multiplied first: gradients that are clipped need no pass of their own.</summary>
    public double GradientFactor { get; set; }

    public Span<Part> Parts => CollectionsMarshal.AsSpan(parts);

    public void Clear()
    {
        parts.Clear();
        gradients.Clear();
    }

    public void Add(Tracked tracked, Tensor gradient)
    {
        var dense = gradient.Contiguous();
        gradients.Add(dense);
        parts.Add(new Part(tracked, tracked.Parameter.Value.Address, dense.Address, dense.Length));
    }

    /// <summary>Says that the parameters have changed, and lets go of the gradients.</summary>
    public void Finish()
    {
        foreach (var part in parts) part.Tracked.Parameter.Value.Storage.Touch();
        GC.KeepAlive(State);
        Clear();
    }

    /// <summary>Runs a rule, made for each parameter from its turn.</summary>
    public void Run<R>(Func<Turn, R> ruleFor) where R : struct, IUpdateRule
    {
        if (parts.Count == 0) return;
        var rules = new R[parts.Count];
        for (var i = 0; i < rules.Length; i++) rules[i] = ruleFor(parts[i].Turn);
        LaneChoice.Run(parts[0].Tracked.Parameter.DType, new Code<R>(this, rules), "An update");
    }

    private readonly struct Code<R>(UpdatePass pass, R[] rules) : ILaneCode where R : struct, IUpdateRule
    {
        public void Run<V, T>() where V : struct, ICpuLane<V, T> where T : unmanaged => pass.Run<R, V, T>(rules);
    }

    private void Run<R, V, T>(R[] rules) where R : struct, IUpdateRule where V : struct, ICpuLane<V, T> where T : unmanaged
    {
        var slots = State is null ? 0 : State.Shape[0];
        var (state, stride) = State is null ? ((nint)0, 0L) : ((nint)State.Pointer<T>(), State.Length / slots);
        var loop = new Loop<R, V, T>([.. parts], rules, (T*)state, slots, stride, GradientFactor);
        ManyTensors.Run([.. parts.Select(part => part.Length)], ref loop);
    }

    private readonly struct Loop<R, V, T>(Part[] parts, R[] rules, T* state, int slots, long stride, double factor) : IStretch
        where R : struct, IUpdateRule where V : struct, ICpuLane<V, T> where T : unmanaged
    {
        public void Run(int chunk, int tensor, long from, long to)
        {
            ref readonly var part = ref parts[tensor];
            Run(rules[tensor], (T*)part.Parameter + from, (T*)part.Gradient + from, state + part.Tracked.Start + from, to - from);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Run(R rule, T* p, T* g, T* a, long length)
        {
            T* b = a + stride, c = b + stride;
            var (i, count, scale) = (0L, V.Count, V.Constant(factor));
            // Four at a time share the rule's constants, which the compiler would else make anew for each.
            for (; i <= length - (4 * count); i += 4 * count)
            {
                One(rule, scale, p + i, g + i, a + i, b + i, c + i);
                One(rule, scale, p + i + count, g + i + count, a + i + count, b + i + count, c + i + count);
                One(rule, scale, p + i + (2 * count), g + i + (2 * count), a + i + (2 * count), b + i + (2 * count), c + i + (2 * count));
                One(rule, scale, p + i + (3 * count), g + i + (3 * count), a + i + (3 * count), b + i + (3 * count), c + i + (3 * count));
            }
            for (; i <= length - count; i += count) One(rule, scale, p + i, g + i, a + i, b + i, c + i);
            if (i < length) Rest(rule, scale, p + i, g + i, a + i, (int)(length - i));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void One(R rule, V scale, T* p, T* g, T* a, T* b, T* c)
        {
            var (x, y, z) = (slots > 0 ? V.Load(a) : V.Zero, slots > 1 ? V.Load(b) : V.Zero, slots > 2 ? V.Load(c) : V.Zero);
            V.Store(p, rule.Of(V.Load(p), scale * V.Load(g), ref x, ref y, ref z));
            if (slots > 0) V.Store(a, x);
            if (slots > 1) V.Store(b, y);
            if (slots > 2) V.Store(c, z);
        }

        /// <summary>Fewer elements than a register holds. The state is padded, so that its registers are whole.</summary>
        private void Rest(R rule, V scale, T* p, T* g, T* a, int count)
        {
            T* b = a + stride, c = b + stride;
            var (x, y, z) = (slots > 0 ? V.Load(a) : V.Zero, slots > 1 ? V.Load(b) : V.Zero, slots > 2 ? V.Load(c) : V.Zero);
            V.StorePart(p, rule.Of(V.LoadPart(p, count), scale * V.LoadPart(g, count), ref x, ref y, ref z), count);
            if (slots > 0) V.Store(a, x);
            if (slots > 1) V.Store(b, y);
            if (slots > 2) V.Store(c, z);
        }
    }
}
