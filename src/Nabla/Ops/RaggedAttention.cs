using Nabla.Backends.Cpu.Attentions;

namespace Nabla.Ops;

/// <summary>
/// <see cref="Attention"/> of several heads within each sequence of a batch, without padding. Inputs query [targets, heads · width], key [sources, heads · width] and value
/// [sources, heads · depth], all sequences one after another, and, if wanted, a mask for each sequence, broadcast to [heads, targets, sources] of it → [targets, heads · depth].
/// </summary>
/// <param name="Targets">Where each sequence of the queries begins, and after them all where the last ends.</param>
/// <param name="Sources">The same of keys and values.</param>
/// <param name="Heads">How many attentions lie side by side.</param>
/// <param name="Causal">Whether target i attends only to sources up to i + (sources − targets) of its sequence.</param>
/// <param name="Scale">Usually 1/√width.</param>
internal sealed partial record RaggedAttention(int[] Targets, int[] Sources, int Heads, bool Causal, double Scale) : Op
{
    /// <summary>Which weights are dropped: a row for each head of each target, head by head.</summary>
    public AttentionDropout Dropout { get; init; }

    public override Shape Infer(ReadOnlySpan<Tensor> inputs)
    {
        DemandOneType(inputs[..3]);
        var (query, key, value) = (inputs[0].Shape, inputs[1].Shape, inputs[2].Shape);
        if (query.Rank != 2 || key.Rank != 2 || value.Rank != 2 || query[1] != key[1] || query[1] % Heads != 0 || value[1] % Heads != 0)
            throw new ArgumentException($"RaggedAttention: query {query}, key {key}, value {value}, {Heads} heads: [elements, heads · width] each is needed, query and key of one width.");
        if (Targets.Length != Sources.Length) throw new ArgumentException($"RaggedAttention: {Targets.Length - 1} sequences of queries attend to {Sources.Length - 1}: as many are needed.");
        if (query[0] != Targets[^1] || key[0] != Sources[^1] || value[0] != Sources[^1])
            throw new ArgumentException($"RaggedAttention: query {query}, key {key}, value {value} for {Targets[^1]} targets and {Sources[^1]} sources.");
        DemandMasks(inputs[3..], inputs[0].DType);
        return [query[0], value[1]];
    }

    private void DemandMasks(ReadOnlySpan<Tensor> masks, DType type)
    {
        if (masks.Length == 0) return;
        if (masks.Length != Count) throw new ArgumentException($"RaggedAttention: {masks.Length} masks for {Count} sequences: one each is needed.");
        for (var i = 0; i < masks.Length; i++) Attention.DemandMask($"RaggedAttention, sequence {i}", masks[i], type, Scores(i));
    }

    private int Count => Targets.Length - 1;

    /// <summary>[heads, targets, sources] of a sequence.</summary>
    private Shape Scores(int sequence) => [Heads, Targets[sequence + 1] - Targets[sequence], Sources[sequence + 1] - Sources[sequence]];

    public override Tensor Compose(ReadOnlySpan<Tensor> inputs)
    {
        var parts = new Tensor[Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var heads = One(i).Apply(Of(i, inputs));
            parts[i] = heads.Transpose(0, 1).Reshape(Targets[i + 1] - Targets[i], -1);
        }
        return parts.Length == 0 ? Tensor.Zeros([0, inputs[2].Shape[1]], inputs[0].DType) : Tensor.Concat(0, parts);
    }

    /// <summary>The attention of one sequence.</summary>
    private Attention One(int sequence) => new(Causal, Scale) { Dropout = Dropout with { FirstRow = Dropout.FirstRow + (uint)Targets[sequence], RowStep = (uint)Targets[^1] } };

    /// <summary>What it is of: [heads, time, width] each.</summary>
    private Tensor[] Of(int sequence, ReadOnlySpan<Tensor> inputs)
    {
        var (targets, sources) = (Targets[sequence]..Targets[sequence + 1], Sources[sequence]..Sources[sequence + 1]);
        var (query, key, value) = (Apart(inputs[0][targets]), Apart(inputs[1][sources]), Apart(inputs[2][sources]));
        return inputs.Length > 3 ? [query, key, value, inputs[3 + sequence]] : [query, key, value];
    }

    /// <summary>[time, heads · width] → [heads, time, width]</summary>
    private Tensor Apart(Tensor x) => x.Reshape(x.Shape[0], Heads, x.Shape[1] / Heads).Transpose(0, 1);
}
