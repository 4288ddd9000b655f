using Nabla.Initializers;
using Nabla.Layers;

namespace Nabla.Models;

/// <summary>
/// BERT (Devlin et al. 2018): token, position and segment embeddings summed and normalised, the encoder of the Transformer (Vaswani et al.
/// 2017, §3.1) over the tokens of each sequence, and a pooler that turns the first token into a vector of the sequence. Without padding
/// throughout. tokens: Int64 [elements] → hidden states [elements, hidden]
/// </summary>
public sealed partial class Bert : IModule
{
    /// <summary>A BERT of these sizes.</summary>
    /// <param name="configuration">The sizes, as in a <c>config.json</c>.</param>
    /// <param name="pooler">Whether there is a pooler; models that use every token have none.</param>
    public Bert(BertConfiguration configuration, bool pooler = true)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Configuration = configuration;
        Embeddings = new(configuration);
        Layers = [.. Enumerable.Range(0, configuration.HiddenLayers).Select(_ => new BertLayer(configuration))];
        Pooler = pooler ? configuration.Linear(configuration.HiddenSize, configuration.HiddenSize) : null;
    }

    /// <summary>The sizes it was built with.</summary>
    public BertConfiguration Configuration { get; }

    /// <summary>From tokens to vectors.</summary>
    public BertEmbeddings Embeddings { get; }

    /// <summary>Stacked layers of self-attention and feed-forward.</summary>
    public IReadOnlyList<BertLayer> Layers { get; }

    /// <summary>hidden → hidden, for <see cref="Pool"/>; null where the model has none.</summary>
    public Linear? Pooler { get; }

    /// <summary>The hidden states of the last layer: values [elements, hidden].</summary>
    /// <exception cref="ArgumentException">A sequence is longer than the model has positions, or the segments do not fit.</exception>
    /// <exception cref="IndexOutOfRangeException">A token is not in the vocabulary, or a segment has no embedding.</exception>
    public Ragged Forward(BertInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Layers.Aggregate(Embeddings.Forward(input), (hidden, layer) => layer.Forward(hidden, input.Masks));
    }

    /// <summary>tanh(W h + b) of the last hidden state h of each sequence's first token, [CLS]: [batch, hidden].</summary>
    /// <param name="hidden">The result of <see cref="Forward"/>.</param>
    /// <exception cref="InvalidOperationException">The model has no pooler.</exception>
    public Tensor Pool(Ragged hidden) => Pooler is null
        ? throw new InvalidOperationException("Bert.Pool: this model was built without a pooler. Build it with pooler: true, or pool its hidden states by SequencePooling.")
        : Pooler.Forward(SequencePooling.First(hidden)).Tanh();

    /// <summary>
    /// Every hidden state and attention, for those who look inside; slower than <see cref="Forward"/>, and without dropout of attentions.
    /// </summary>
    public BertTrace Trace(BertInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        List<Ragged> states = [Embeddings.Forward(input)];
        var attentions = new List<IReadOnlyList<Tensor>>();
        foreach (var layer in Layers)
        {
            attentions.Add(layer.Attention.Weights(states[^1], input.Masks));
            states.Add(layer.Forward(states[^1], input.Masks));
        }
        return new(states, attentions);
    }
}

/// <summary>What <see cref="Bert.Trace"/> saw.</summary>
/// <param name="HiddenStates">The embeddings and the output of each layer: values [elements, hidden].</param>
/// <param name="Attentions">Of each layer and, in it, of each sequence: [heads, tokens, tokens], rows of sum 1.</param>
public sealed record BertTrace(IReadOnlyList<Ragged> HiddenStates, IReadOnlyList<IReadOnlyList<Tensor>> Attentions);

/// <summary>LayerNorm(token + position + segment) (Devlin et al. 2018, §3, figure 2).  tokens: [elements] → [elements, hidden]</summary>
public sealed partial class BertEmbeddings(BertConfiguration configuration) : IModule
{
    /// <summary>[vocabulary, hidden]; the row of padding begins as 0 and gets no gradient.</summary>
    public Embedding Word { get; } = new(configuration.VocabularySize, configuration.HiddenSize, configuration.PaddingId,
        configuration.InitializerRange);

    /// <summary>[positions, hidden]</summary>
    public Embedding Position { get; } = new(configuration.MaxPositions, configuration.HiddenSize,
        deviation: configuration.InitializerRange);

    /// <summary>[segments, hidden]</summary>
    public Embedding TokenType { get; } = new(configuration.TokenTypes, configuration.HiddenSize,
        deviation: configuration.InitializerRange);

    /// <summary>Of the sum.</summary>
    public LayerNorm Norm { get; } = new(configuration.HiddenSize, configuration.LayerNormEpsilon);

    /// <summary>Dropout comes last.</summary>
    public Ragged Forward(BertInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var positions = input.PositionsUpTo(configuration.MaxPositions);
        var sum = Word.Forward(input.Tokens.Values) + Position.Forward(positions)                              // [elements, hidden]
            + (input.TypeIds is { } types ? TokenType.Forward(types) : TokenType.Weight.Value[0]);
        return input.Tokens.With(Dropout.InTraining(Norm.Forward(sum), configuration.HiddenDropout));
    }
}

/// <summary>
/// Self-attention, then a feed-forward network, each added to its input and normalised (Vaswani et al. 2017, §3.1).  x: [elements, hidden]
/// → same
/// </summary>
public sealed partial class BertLayer(BertConfiguration configuration) : IModule
{
    /// <summary>Of the tokens of a sequence to each other.</summary>
    public BertSelfAttention Attention { get; } = new(configuration);

    /// <summary>From the heads side by side to the hidden size.</summary>
    public Linear AttentionOutput { get; } = configuration.Linear(configuration.HiddenSize, configuration.HiddenSize);

    /// <summary>After the attention.</summary>
    public LayerNorm AttentionNorm { get; } = new(configuration.HiddenSize, configuration.LayerNormEpsilon);

    /// <summary>hidden → feed-forward size</summary>
    public Linear Intermediate { get; } = configuration.Linear(configuration.HiddenSize, configuration.IntermediateSize);

    /// <summary>feed-forward size → hidden</summary>
    public Linear Output { get; } = configuration.Linear(configuration.IntermediateSize, configuration.HiddenSize);

    /// <summary>After the feed-forward network.</summary>
    public LayerNorm OutputNorm { get; } = new(configuration.HiddenSize, configuration.LayerNormEpsilon);

    /// <summary>The layer over each sequence by itself.</summary>
    /// <param name="x">Values [elements, hidden].</param>
    /// <param name="masks">As in <see cref="BertInput.Masks"/>.</param>
    public Ragged Forward(Ragged x, IReadOnlyList<Tensor>? masks = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        var attended = AttentionOutput.Forward(Attention.Forward(x, masks));
        var middle = AttentionNorm.Forward(Dropout.InTraining(attended, configuration.HiddenDropout), x.Values);
        var fed = Output.Forward(configuration.Activate(Intermediate, middle));
        return x.With(OutputNorm.Forward(Dropout.InTraining(fed, configuration.HiddenDropout), middle));
    }
}

/// <summary>softmax(Q Kᵀ / √width) V in each head (Vaswani et al. 2017, §3.2).  x: [elements, hidden] → same</summary>
public sealed partial class BertSelfAttention(BertConfiguration configuration) : IModule
{
    private readonly int hidden = configuration.HiddenSize, heads = configuration.AttentionHeads;

    /// <summary>hidden → hidden: what each token looks for.</summary>
    public Linear Query { get; } = configuration.Linear(configuration.HiddenSize, configuration.HiddenSize);

    /// <summary>hidden → hidden: what it is found by.</summary>
    public Linear Key { get; } = configuration.Linear(configuration.HiddenSize, configuration.HiddenSize);

    /// <summary>hidden → hidden: what it gives.</summary>
    public Linear Value { get; } = configuration.Linear(configuration.HiddenSize, configuration.HiddenSize);

    /// <summary>The heads side by side: [elements, hidden].</summary>
    public Tensor Forward(Ragged x, IReadOnlyList<Tensor>? masks = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        var dropout = Backends.Cpu.Attentions.AttentionDropout.Draw(Mode.IsTraining ? configuration.AttentionDropout
            : 0, null, x.Values.Shape[0]);
        int[] offsets = [.. x.Offsets];
        var attention = new Ops.RaggedAttention(offsets, offsets, heads, Causal: false, Scale) { Dropout = dropout };
        return attention.Apply([Query.Forward(x.Values), Key.Forward(x.Values), Value.Forward(x.Values), .. masks ?? []]);
    }

    /// <summary>softmax(Q Kᵀ / √width) of each sequence: [heads, tokens, tokens].</summary>
    public IReadOnlyList<Tensor> Weights(Ragged x, IReadOnlyList<Tensor>? masks = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        var (queries, keys) = (x.Map(Query.Forward), x.Map(Key.Forward));
        return [.. Enumerable.Range(0, x.Count).Select(i => Heads(queries[i]).AttentionWeights(Heads(keys[i]), masks?[i], scale: Scale))];
    }

    private double Scale => 1 / Math.Sqrt(hidden / heads);

    /// <summary>[tokens, hidden] → [heads, tokens, hidden / heads]</summary>
    private Tensor Heads(Tensor x) => x.Reshape(x.Shape[0], heads, hidden / heads).Transpose(0, 1);
}
