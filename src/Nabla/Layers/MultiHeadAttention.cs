using Nabla.Backends.Cpu.Attentions;
using Nabla.Ops;

namespace Nabla.Layers;

/// <summary>
/// Vaswani et al. 2017, §3.2.2: heads that attend side by side, each to a projection of its own of queries, keys and values.  x: [batch, time, width] → same; a mask is true where a target
/// attends to a source.
/// </summary>
public sealed partial class MultiHeadAttention : IModule
{
    private readonly int width, heads;
    private readonly double dropout;

    /// <summary>Heads of width / heads each.</summary>
    /// <param name="width">The length of the last axis.</param>
    /// <param name="heads">How many heads; width divides by it.</param>
    /// <param name="dropout">The share of weights dropped in training, 0 ≤ dropout &lt; 1.</param>
    public MultiHeadAttention(int width, int heads, double dropout = 0)
    {
        Shares.Demand(dropout, nameof(MultiHeadAttention));
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (heads < 1 || width % heads != 0) throw new ArgumentException($"MultiHeadAttention: a width of {width} does not divide by {heads} heads.");
        (this.width, this.heads, this.dropout) = (width, heads, dropout);
        (Query, Key, Value, Output) = (new(width, width), new(width, width), new(width, width), new(width, width));
    }

    /// <summary>What each target looks for.</summary>
    public Linear Query { get; }

    /// <summary>What each source is found by.</summary>
    public Linear Key { get; }

    /// <summary>What each source gives.</summary>
    public Linear Value { get; }

    /// <summary>From the heads side by side to the result.</summary>
    public Linear Output { get; }

    /// <summary>Attention of the sequences of a batch, without padding.</summary>
    /// <param name="x">The targets, values [elements, width].</param>
    /// <param name="sources">The sequences that each of them attends to, values [elements, width]; null: themselves.</param>
    /// <param name="causal">Whether no target sees what follows it.</param>
    /// <param name="masks">One for each sequence, broadcast to its [heads, targets, sources]: Bool, true where a target attends, or floats, added to the scores; null: none.</param>
    /// <exception cref="ArgumentException">The widths, the numbers of sequences or the masks do not fit.</exception>
    public Ragged Forward(Ragged x, Ragged? sources = null, bool causal = false, IReadOnlyList<Tensor>? masks = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        sources ??= x;
        var attention = new RaggedAttention([.. x.Offsets], [.. sources.Offsets], heads, causal, Scale) { Dropout = AttentionDropout.Draw(Dropped, null, x.Values.Shape[0]) };
        return x.With(Output.Forward(attention.Apply([Query.Forward(x.Values), Key.Forward(sources.Values), Value.Forward(sources.Values), .. masks ?? []])));
    }

    /// <summary>Attention of sequences of one length.</summary>
    /// <param name="x">The targets, [batch, targets, width].</param>
    /// <param name="sources">What they attend to, [batch, sources, width]; null: themselves.</param>
    /// <param name="mask">
    /// Broadcast to [batch, heads, targets, sources]: Bool, true where a target attends to a source, or floats, added to the scores. Of sequences padded to one length [batch, 1, 1, sources];
    /// faster: <see cref="Ragged"/>.
    /// </param>
    /// <param name="causal">Whether no target sees what follows it.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Forward(Tensor x, Tensor? sources = null, Tensor? mask = null, bool causal = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        sources ??= x;
        Demand(x, sources, mask);
        if (mask is null) return Forward(Ragged.FromPadded(x), Ragged.FromPadded(sources), causal).ToPadded();
        var attended = Heads(Query.Forward(x)).Attention(Heads(Key.Forward(sources)), Heads(Value.Forward(sources)), mask, causal, Scale, Dropped);
        return Output.Forward(attended.Transpose(1, 2).Reshape(x.Shape));
    }

    /// <summary>How much each target attends to each source, [batch, heads, targets, sources]: what <see cref="Forward(Tensor, Tensor?, Tensor?, bool)"/> weighs the values by, none dropped.</summary>
    /// <param name="x">[batch, targets, width]</param>
    /// <param name="sources">[batch, sources, width]; null: x itself.</param>
    /// <param name="mask">As in <see cref="Forward(Tensor, Tensor?, Tensor?, bool)"/>.</param>
    /// <param name="causal">Whether no target sees what follows it.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public Tensor Weights(Tensor x, Tensor? sources = null, Tensor? mask = null, bool causal = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        Demand(x, sources ?? x, mask);
        return Heads(Query.Forward(x)).AttentionWeights(Heads(Key.Forward(sources ?? x)), mask, causal, Scale);
    }

    /// <summary>The weights of each sequence of a batch, [heads, targets, sources]: what <see cref="Forward(Ragged, Ragged?, bool, IReadOnlyList{Tensor}?)"/> weighs the values by, none dropped.</summary>
    /// <param name="x">The targets, values [elements, width].</param>
    /// <param name="sources">The sequences that each of them attends to; null: themselves.</param>
    /// <param name="causal">Whether no target sees what follows it.</param>
    /// <param name="masks">As in <see cref="Forward(Ragged, Ragged?, bool, IReadOnlyList{Tensor}?)"/>.</param>
    /// <exception cref="ArgumentException">The widths, the numbers of sequences or the masks do not fit.</exception>
    public IReadOnlyList<Tensor> Weights(Ragged x, Ragged? sources = null, bool causal = false, IReadOnlyList<Tensor>? masks = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        sources ??= x;
        if (x.Count != sources.Count) throw new ArgumentException($"MultiHeadAttention: {x.Count} sequences attend to {sources.Count}: as many are needed.");
        if (masks is not null && masks.Count != x.Count) throw new ArgumentException($"MultiHeadAttention: {masks.Count} masks for {x.Count} sequences: one each is needed.");
        return [.. Enumerable.Range(0, x.Count).Select(i => Weights(x[i].Unsqueeze(0), sources[i].Unsqueeze(0), masks?[i], causal).Squeeze(0))];
    }

    /// <summary>One more element of each sequence, which attends to those before it and to itself: what causal self-attention gives for the last element, at the cost of one.</summary>
    /// <param name="x">[rows, width]</param>
    /// <param name="past">The elements so far; the new ones are added.</param>
    /// <returns>[rows, width]</returns>
    /// <exception cref="ArgumentException">There is not one row for each sequence.</exception>
    public Tensor Step(Tensor x, KeyValueCache past)
    {
        ArgumentNullException.ThrowIfNull(past);
        DemandRows(x, past.Rows);
        past.Append(Key.Forward(x), Value.Forward(x));
        return Output.Forward(new StepAttention(past.Places, heads, Scale).Apply([Query.Forward(x), .. past.Inputs]));
    }

    /// <summary>Keys and values of sequences that elements to come will attend to.</summary>
    /// <param name="sources">Values [elements, width].</param>
    public AttentionMemory Remember(Ragged sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        return new(sources.Map(Key.Forward), Value.Forward(sources.Values));
    }

    /// <summary>Elements that attend to sequences, each row to its own.</summary>
    /// <param name="x">[rows, width]</param>
    /// <param name="memory">From <see cref="Remember"/>.</param>
    /// <returns>[rows, width]</returns>
    /// <exception cref="ArgumentException">There are not as many rows.</exception>
    public Tensor Step(Tensor x, AttentionMemory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        DemandRows(x, memory.Rows);
        var attention = new RaggedAttention(memory.Offsets, [.. memory.Keys.Offsets], heads, false, Scale);
        return Output.Forward(attention.Apply(Query.Forward(x), memory.Keys.Values, memory.Values));
    }

    private void Demand(Tensor x, Tensor sources, Tensor? mask)
    {
        if (x.Rank != 3 || sources.Rank != 3 || x.Shape[2] != width || sources.Shape[2] != width || x.Shape[0] != sources.Shape[0])
            throw new ArgumentException($"MultiHeadAttention: x {x.Shape}, sources {sources.Shape}: [batch, time, {width}] each is needed, of one batch.");
        // As other libraries take it; here it would be read as [targets, sources].
        if (mask is { Rank: 2 } && mask.Shape == sources.Shape[..2] && mask.Shape[0] != 1 && mask.Shape[0] != x.Shape[1])
            throw new ArgumentException($"MultiHeadAttention: mask {mask.Shape} does not broadcast to [batch, heads, targets, sources]. If it says which sources there are, [batch, sources]: mask.Unsqueeze(1).Unsqueeze(1).");
    }

    private void DemandRows(Tensor x, int rows)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != 2 || x.Shape[0] != rows || x.Shape[1] != width) throw new ArgumentException($"MultiHeadAttention: x {x.Shape}: [{rows}, {width}] is needed, one row for each sequence under way.");
    }

    /// <summary>The share of weights to drop now.</summary>
    private double Dropped => Mode.IsTraining ? dropout : 0;

    private double Scale => 1 / Math.Sqrt(width / heads);

    /// <summary>[batch, time, width] → [batch, heads, time, width / heads]</summary>
    private Tensor Heads(Tensor x) => x.Reshape(x.Shape[0], x.Shape[1], heads, width / heads).Transpose(1, 2);
}
