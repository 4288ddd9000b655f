using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

internal sealed partial record AddLayerNorm : ICpuKernel, ICpuBackwardKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType.IsFloat && inputs[0].Length > 0;

    public bool AcceptsBackward(Backward call) => Accepts(call.Inputs);

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) =>
        NormLoops.LayerNorm(inputs[0], inputs[1], inputs[2], inputs[3], inputs[0].Shape[^1], Epsilon, output);

    /// <summary>
    /// The sum is computed again, which costs less than to write it and read it; its gradient is that of x and that of the residual.
    /// </summary>
    public Tensor?[] RunBackward(Backward call)
    {
        var (x, residual, weight) = (call.Inputs[0], call.Inputs[1], call.Inputs[2]);
        var dsum = call.Needs(0) || call.Needs(1) ? Tensor.Empty(x.Shape, x.DType) : null;
        var (dweight, dbias) = (call.Needs(2) ? Like(weight) : null, call.Needs(3) ? Like(weight) : null);
        NormLoops.LayerNormGradient(x, residual, weight, call.Upstream, x.Shape[^1], Epsilon, dsum, dweight, dbias);
        return [call.Needs(0) ? dsum : null, call.Needs(1) ? dsum : null, dweight, dbias];
    }

    private static Tensor Like(Tensor x) => Tensor.Empty(x.Shape, x.DType);
}
