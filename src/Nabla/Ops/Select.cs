namespace Nabla.Ops;

/// <summary>An axis of length 1 removed, whatever the strides. A view.</summary>
internal sealed record Select(int Axis) : ViewOp
{
    private protected override Tensor View(Tensor x)
    {
        var strides = x.Strides;
        return x.View(x.Shape.Remove(Axis), [.. strides[..Axis], .. strides[(Axis + 1)..]], x.Offset);
    }

    public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => dy.Reshape(x.Shape);
}
