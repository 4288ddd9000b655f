using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Rows;

namespace Nabla.Ops;

internal sealed partial record LinearGelu : ICpuSavingKernel, ICpuBackwardKernel
{
    public bool Accepts(ReadOnlySpan<Tensor> inputs) => Product.Accepts(inputs);

    public bool AcceptsBackward(Backward call) => call.Saved.Length == 1;

    /// <summary>Where nothing is recorded, GELU takes the place of the sums.</summary>
    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        Product.Run(inputs, output);
        ElementwiseLoops.Unary(default(Gelu), output, output);
    }

    /// <summary>Saves the sums, [.., outputs], which the derivative of GELU is a function of.</summary>
    public Tensor[] RunAndSave(ReadOnlySpan<Tensor> inputs, Tensor output)
    {
        var sums = Tensor.Empty(output.Shape, output.DType);
        Product.Run(inputs, sums);
        ElementwiseLoops.Unary(default(Gelu), sums, output);
        return [sums];
    }

    public Tensor?[] RunBackward(Backward call)
    {
        var (x, weight, sums) = (call.Inputs[0], call.Inputs[1], call.Saved[0]);
        var gradients = Array.ConvertAll(call.Inputs, input => (Tensor?)Tensor.Empty(input.Shape, input.DType));
        for (var i = 0; i < gradients.Length; i++) if (!call.Needs(i)) gradients[i] = null;
        var dsums = Tensor.Empty(sums.Shape, sums.DType);
        ActivationLoops.Gradient(default(Gelu), sums, RowLoops.Dense(call.Upstream), dsums, gradients[2]);
        Product.RunGradient([x, weight], sums, dsums, gradients.AsSpan(0, 2));
        return gradients;
    }
}
