using Nabla.Backends.Cpu.Attentions;

namespace Nabla.Ops;

/// <summary>
/// <see cref="RaggedAttention"/> of sequences to themselves whose queries, keys and values are the columns of one tensor, so that their
/// gradient is one too. Inputs packed [elements, 3 · heads · width], all sequences one after another, and, if wanted, a mask for each
/// sequence → [elements, heads · width]
/// </summary>
/// <param name="Offsets">Where each sequence begins, and after them all where the last ends.</param>
/// <param name="Heads">How many attentions are side by side.</param>
/// <param name="Causal">Whether no target attends to a source after it.</param>
/// <param name="Scale">Usually 1/√width.</param>
internal sealed partial record PackedAttention(int[] Offsets, int Heads, bool Causal, double Scale) : Op
{
    /// <summary>Which weights are dropped.</summary>
    public AttentionDropout Dropout { get; init; }

    private RaggedAttention Apart => new(Offsets, Offsets, Heads, Causal, Scale) { Dropout = Dropout };

    public override Shape Infer(ReadOnlySpan<Tensor> inputs)
    {
        var packed = inputs[0].Shape;
        if (packed.Rank != 2 || packed[1] % (3 * Heads) != 0)
            throw new ArgumentException($"PackedAttention: {packed}, {Heads} heads: [elements, 3 · heads · width] is needed.");
        return Apart.Infer(Columns(inputs));
    }

    public override Tensor Compose(ReadOnlySpan<Tensor> inputs) => Apart.Apply(Columns(inputs));

    /// <summary>Queries, keys and values, each a view, and the masks.</summary>
    private static Tensor[] Columns(ReadOnlySpan<Tensor> inputs)
    {
        var (packed, width) = (inputs[0], inputs[0].Shape[1] / 3);
        return [packed.Slice(1, 0, width), packed.Slice(1, width, 2 * width), packed.Slice(1, 2 * width, 3 * width), .. inputs[1..]];
    }
}
