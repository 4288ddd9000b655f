using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Attentions;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

internal sealed partial record StepAttention : ICpuKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType == DType.Float32;

    public unsafe void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var dense = new Tensor[inputs.Length];
        var addresses = new nint[inputs.Length - 1];
        for (var i = 0; i < dense.Length; i++)
        {
            dense[i] = RowLoops.Dense(inputs[i]);
            if (i > 0) addresses[i - 1] = (nint)dense[i].Pointer<float>();
        }
        var all = output.Shape[1];
        RowAttention.Run(new((nint)dense[0].Pointer<float>(), all, (nint)output.Pointer<float>(), Heads, all / Heads, all / Heads, (float)Scale), new Steps(addresses, Places, all, output.Shape[0]));
        GC.KeepAlive(dense);
    }

    /// <summary>A matrix of keys and one of values for each step, of each of which a row names one row.</summary>
    private readonly unsafe struct Steps(nint[] addresses, int[] places, nint width, int rows) : IRowSources
    {
        private int Length => addresses.Length / 2;

        public int Groups => rows;

        public int First(int row) => row;

        public int Count(int row) => Length;

        public float* Key(int row, int source) => (float*)addresses[source] + (places[(row * Length) + source] * width);

        public float* Value(int row, int source) => (float*)addresses[Length + source] + (places[(row * Length) + source] * width);
    }
}
