namespace Nabla.Ops;

/// <summary>
/// Several linear layers of one input, side by side: [x · W₁ᵀ + b₁, x · W₂ᵀ + b₂, ..], as attention has them for queries, keys and values.
/// Inputs x [.., inputs], the weights [outputsᵢ, inputs] in order, then the biases [outputsᵢ] → [.., Σ outputsᵢ]
/// </summary>
internal sealed partial record ConcatLinear : Op
{
    private static readonly Linear One = new();

    public override Shape Infer(ReadOnlySpan<Tensor> inputs)
    {
        var (shape, outputs) = (inputs[0].Shape, 0);
        for (var i = 0; i < Count(inputs); i++) outputs += (shape = One.Infer([inputs[0], Weight(inputs, i), Bias(inputs, i)]))[^1];
        return shape.With(shape.Rank - 1, outputs);
    }

    public override Tensor Compose(ReadOnlySpan<Tensor> inputs)
    {
        var parts = new Tensor[Count(inputs)];
        for (var i = 0; i < parts.Length; i++) parts[i] = inputs[0].Linear(Weight(inputs, i), Bias(inputs, i));
        return Tensor.Concat(-1, parts);
    }

    private static int Count<T>(ReadOnlySpan<T> inputs) => (inputs.Length - 1) / 2;

    private static T Weight<T>(ReadOnlySpan<T> inputs, int layer) => inputs[1 + layer];

    private static T Bias<T>(ReadOnlySpan<T> inputs, int layer) => inputs[1 + Count(inputs) + layer];
}
