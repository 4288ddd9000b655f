namespace Nabla.Ops;

/// <summary>
/// <see cref="Attention"/> of several heads within each sequence of a batch, without padding. Inputs query [targets, heads · width], key [sources, heads · width] and value
/// [sources, heads · depth], all sequences one after another → [targets, heads · depth].
/// </summary>
/// <param name="Targets">Where each sequence of the queries begins, and after them all where the last ends.</param>
/// <param name="Sources">The same of keys and values.</param>
/// <param name="Heads">How many attentions lie side by side.</param>
/// <param name="Causal">Whether target i attends only to sources up to i + (sources − targets) of its sequence.</param>
/// <param name="Scale">Usually 1/√width.</param>
internal sealed partial record RaggedAttention(int[] Targets, int[] Sources, int Heads, bool Causal, double Scale) : Op
{
    public override Shape Infer(ReadOnlySpan<Tensor> inputs)
    {
        DemandOneType(inputs);
        var (query, key, value) = (inputs[0].Shape, inputs[1].Shape, inputs[2].Shape);
        if (query.Rank != 2 || key.Rank != 2 || value.Rank != 2 || query[1] != key[1] || query[1] % Heads != 0 || value[1] % Heads != 0)
            throw new ArgumentException($"RaggedAttention: query {query}, key {key}, value {value}, {Heads} heads: [elements, heads · width] each is needed, query and key of one width.");
        if (Targets.Length != Sources.Length) throw new ArgumentException($"RaggedAttention: {Targets.Length - 1} sequences of queries attend to {Sources.Length - 1}: as many are needed.");
        if (query[0] != Targets[^1] || key[0] != Sources[^1] || value[0] != Sources[^1])
            throw new ArgumentException($"RaggedAttention: query {query}, key {key}, value {value} for {Targets[^1]} targets and {Sources[^1]} sources.");
        return [query[0], value[1]];
    }

    public override Tensor Compose(ReadOnlySpan<Tensor> inputs)
    {
        var parts = new Tensor[Targets.Length - 1];
        for (var i = 0; i < parts.Length; i++)
        {
            var (targets, sources) = (Targets[i]..Targets[i + 1], Sources[i]..Sources[i + 1]);
            var heads = Apart(inputs[0][targets]).Attention(Apart(inputs[1][sources]), Apart(inputs[2][sources]), causal: Causal, scale: Scale);
            parts[i] = heads.Transpose(0, 1).Reshape(Targets[i + 1] - Targets[i], -1);
        }
        return parts.Length == 0 ? Tensor.Zeros([0, inputs[2].Shape[1]], inputs[0].DType) : Tensor.Concat(0, parts);
    }

    /// <summary>[time, heads · width] → [heads, time, width]</summary>
    private Tensor Apart(Tensor x) => x.Reshape(x.Shape[0], Heads, x.Shape[1] / Heads).Transpose(0, 1);
}
