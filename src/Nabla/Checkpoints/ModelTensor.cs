namespace Nabla.Checkpoints;

/// <summary>A parameter or buffer of a model: where a tensor of a checkpoint goes, and comes from.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="DType">The type of its elements.</param>
/// <param name="Get">Its value.</param>
/// <param name="Set">Sets its value.</param>
internal sealed record ModelTensor(string Path, Shape Shape, DType DType, Func<Tensor> Get, Action<Tensor> Set)
{
    public Tensor Value => Get();

    /// <summary>All of a model's.</summary>
    public static IReadOnlyList<ModelTensor> Of(Members members) =>
    [
        .. members.Parameters.Select(member => new ModelTensor(
            member.Path, member.Parameter.Shape, member.Parameter.DType, () => member.Parameter.Value, member.Parameter.Set)),
        .. members.Buffers.Select(member => new ModelTensor(
            member.Path, member.Buffer.Value.Shape, member.Buffer.Value.DType, () => member.Buffer.Value,
            values => member.Buffer.Set(values.To(member.Buffer.Value.DType).Contiguous()))),
    ];

    /// <summary>Floats go into floats and integers into integers: anything else is a mix-up of names.</summary>
    public bool Takes(StoredTensor stored, bool transposed) =>
        (transposed ? stored.Shape.Rank == 2 && Shape == [stored.Shape[1], stored.Shape[0]] : Shape == stored.Shape)
            && stored.Type.Stores(DType);
}
