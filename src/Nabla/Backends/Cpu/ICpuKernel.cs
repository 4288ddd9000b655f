namespace Nabla.Backends.Cpu;

/// <summary>An op that has a CPU kernel of its own.</summary>
internal interface ICpuKernel
{
    /// <summary>Whether the kernel can take these inputs; if not, the op is composed.</summary>
    bool Accepts(ReadOnlySpan<Tensor> inputs) => inputs[0].DType == DType.Float32;

    /// <summary>Fills <paramref name="output"/>, which is fresh and contiguous. The inputs may be any views.</summary>
    void Run(ReadOnlySpan<Tensor> inputs, Tensor output);
}

/// <summary>A kernel whose backward pass needs more of the forward pass than its inputs and its output.</summary>
internal interface ICpuSavingKernel : ICpuKernel
{
    /// <summary>
    /// Fills <paramref name="output"/> as <see cref="ICpuKernel.Run"/> does, where the op is recorded, and returns what is saved for the
    /// backward pass: fresh tensors that nothing else refers to, since the backward pass gives their memory back.
    /// </summary>
    Tensor[] RunAndSave(ReadOnlySpan<Tensor> inputs, Tensor output);
}

/// <summary>An op whose gradient has a fused CPU kernel. Its Gradient is the oracle, and is used where the walk itself is differentiated.</summary>
internal interface ICpuGradientKernel
{
    /// <summary>Whether the kernel can take these inputs; if not, Gradient is used.</summary>
    bool AcceptsGradient(ReadOnlySpan<Tensor> inputs) => inputs[0].DType == DType.Float32;

    /// <summary>Fills the fresh, contiguous <paramref name="gradients"/>, one per input; null where none is wanted. <paramref name="dy"/> may be any view.</summary>
    void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients);
}
