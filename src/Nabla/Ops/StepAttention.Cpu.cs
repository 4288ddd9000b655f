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
        var steps = inputs.Length / 2;
        var addresses = new nint[2 * steps];
        for (var i = 0; i < dense.Length; i++)
        {
            dense[i] = RowLoops.Dense(inputs[i]);
            if (i > 0) addresses[i - 1] = (nint)dense[i].Pointer<float>();
        }
        var problem = new StepAttentionProblem(dense[0].Pointer<float>(), output.Pointer<float>(), addresses, Places, steps, Heads, output.Shape[1] / Heads, (float)Scale);
        StepAttentionLoops.Run(problem, output.Shape[0]);
        GC.KeepAlive(dense);
    }
}
