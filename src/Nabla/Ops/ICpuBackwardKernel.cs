namespace Nabla.Ops;

/// <summary>
/// An op whose gradient has a fused CPU kernel that needs what the forward pass saved, or that gives several inputs one gradient. Its
/// composition is the oracle, and is used where the walk itself is differentiated.
/// </summary>
internal interface ICpuBackwardKernel
{
    /// <summary>Whether the kernel can take these inputs; if not, the composition is used.</summary>
    bool AcceptsBackward(Backward call);

    /// <summary>The gradients of the inputs in their order, null where none is wanted. The upstream may be any view.</summary>
    Tensor?[] RunBackward(Backward call);
}
