namespace Nabla.Layers;

/// <summary>How a Transformer's layers are built.</summary>
/// <param name="Width">The length of a token's vector.</param>
/// <param name="Heads">Heads of each attention.</param>
/// <param name="Inner">Width of the feed-forward part.</param>
public sealed record TransformerShape(int Width, int Heads, int Inner)
{
    /// <summary>The length of a token's vector.</summary>
    public int Width { get; init; } = Positive(Width, nameof(Width));

    /// <summary>Heads of each attention.</summary>
    public int Heads { get; init; } = Positive(Heads, nameof(Heads));

    /// <summary>Width of the feed-forward part.</summary>
    public int Inner { get; init; } = Positive(Inner, nameof(Inner));

    /// <summary>The share dropped in training, below 1: of what each part adds, of the attentions' weights and within the feed-forward part, as in PyTorch.</summary>
    public double Dropout { get; init => field = Shares.Demand(value, nameof(TransformerShape), nameof(Dropout)); }

    /// <summary>Whether each part's input is normalised (Xiong et al. 2020) rather than its sum with the input, as in the original.</summary>
    public bool NormFirst { get; init; }

    /// <summary>Whether the feed-forward part bends by GELU rather than by ReLU.</summary>
    public bool Gelu { get; init; }

    /// <summary>ε of the normalisations.</summary>
    public double Epsilon { get; init; } = 1e-5;

    /// <summary>So many layers.</summary>
    internal T[] Layers<T>(int count, Func<TransformerShape, T> layer) => count >= 0 ? [.. Enumerable.Range(0, count).Select(_ => layer(this))]
        : throw new ArgumentOutOfRangeException(nameof(count), count, $"{count} layers: 0 or more are needed.");

    private static int Positive(int value, string name) => value >= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"TransformerShape: {name} {value}: at least 1 is needed.");
}

/// <summary>W₂ · f(W₁ x + b₁) + b₂ for each token by itself (Vaswani et al. 2017, §3.3).  x: [.., width] → same.</summary>
public sealed partial class FeedForward(TransformerShape shape) : ILayer
{
    /// <summary>width → inner</summary>
    public Linear Expand { get; } = new(shape.Width, shape.Inner);

    /// <summary>inner → width</summary>
    public Linear Contract { get; } = new(shape.Inner, shape.Width);

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        var inner = shape.Gelu ? x.LinearGelu(Expand.Weight, Expand.Bias!) : Expand.Forward(x).Relu();
        return Contract.Forward(Dropout.InTraining(inner, shape.Dropout));
    }
}

/// <summary>Self-attention, then a feed-forward part, each added to its input and normalised (Vaswani et al. 2017, §3.1).  x: [batch, time, width] → same.</summary>
public sealed partial class TransformerEncoderLayer(TransformerShape shape) : IModule
{
    /// <summary>Of the tokens to each other.</summary>
    public MultiHeadAttention Attention { get; } = new(shape.Width, shape.Heads, shape.Dropout);

    /// <summary>Of the attention.</summary>
    public LayerNorm AttentionNorm { get; } = new(shape.Width, shape.Epsilon);

    /// <summary>Each token by itself.</summary>
    public FeedForward FeedForward { get; } = new(shape);

    /// <summary>Of the feed-forward part.</summary>
    public LayerNorm FeedForwardNorm { get; } = new(shape.Width, shape.Epsilon);

    /// <summary>Sequences without padding; of a language model causal: no token sees what follows it.</summary>
    public Ragged Forward(Ragged x, bool causal = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        x = x.Map(values => shape.Around(AttentionNorm, values, y => Attention.Forward(x.With(y), causal: causal).Values));
        return x.Map(values => shape.Around(FeedForwardNorm, values, FeedForward.Forward));
    }

    /// <summary>One more element of each sequence of a language model: what causal <see cref="Forward(Ragged, bool)"/> gives for the last, at the cost of one.</summary>
    /// <param name="x">[rows, width]</param>
    /// <param name="past">The elements so far; the new ones are added.</param>
    /// <returns>[rows, width]</returns>
    /// <exception cref="ArgumentException">There is not one row for each sequence.</exception>
    public Tensor Step(Tensor x, KeyValueCache past)
    {
        x = shape.Around(AttentionNorm, x, y => Attention.Step(y, past));
        return shape.Around(FeedForwardNorm, x, FeedForward.Forward);
    }

    /// <summary>Sequences of one length; a mask as in <see cref="MultiHeadAttention"/>.</summary>
    public Tensor Forward(Tensor x, Tensor? mask = null, bool causal = false)
    {
        x = shape.Around(AttentionNorm, x, y => Attention.Forward(y, mask: mask, causal: causal));
        return shape.Around(FeedForwardNorm, x, FeedForward.Forward);
    }
}

/// <summary>
/// Causal self-attention, attention to the encoder's output, a feed-forward part, each added to its input and normalised (Vaswani et al. 2017, §3.1).  x: [batch, targets, width] → same.
/// </summary>
public sealed partial class TransformerDecoderLayer(TransformerShape shape) : IModule
{
    /// <summary>Of the targets to those before them.</summary>
    public MultiHeadAttention Attention { get; } = new(shape.Width, shape.Heads, shape.Dropout);

    /// <summary>Of the self-attention.</summary>
    public LayerNorm AttentionNorm { get; } = new(shape.Width, shape.Epsilon);

    /// <summary>Of the targets to the sources.</summary>
    public MultiHeadAttention CrossAttention { get; } = new(shape.Width, shape.Heads, shape.Dropout);

    /// <summary>Of the attention to the sources.</summary>
    public LayerNorm CrossAttentionNorm { get; } = new(shape.Width, shape.Epsilon);

    /// <summary>Each token by itself.</summary>
    public FeedForward FeedForward { get; } = new(shape);

    /// <summary>Of the feed-forward part.</summary>
    public LayerNorm FeedForwardNorm { get; } = new(shape.Width, shape.Epsilon);

    /// <summary>Sequences without padding.</summary>
    /// <param name="x">The targets.</param>
    /// <param name="memory">The encoder's output, one sequence for each of the targets'.</param>
    public Ragged Forward(Ragged x, Ragged memory)
    {
        ArgumentNullException.ThrowIfNull(x);
        x = x.Map(values => shape.Around(AttentionNorm, values, y => Attention.Forward(x.With(y), causal: true).Values));
        x = x.Map(values => shape.Around(CrossAttentionNorm, values, y => CrossAttention.Forward(x.With(y), memory).Values));
        return x.Map(values => shape.Around(FeedForwardNorm, values, FeedForward.Forward));
    }

    /// <summary>One more element of each target.  x: [rows, width] → same.</summary>
    internal Tensor Step(Tensor x, KeyValueCache past, AttentionMemory memory)
    {
        x = shape.Around(AttentionNorm, x, y => Attention.Step(y, past));
        x = shape.Around(CrossAttentionNorm, x, y => CrossAttention.Step(y, memory));
        return shape.Around(FeedForwardNorm, x, FeedForward.Forward);
    }

    /// <summary>How much each element of each target attends to its sources, [heads, targets, sources], and the layer's result.</summary>
    internal (IReadOnlyList<Tensor> Weights, Ragged Output) Alignment(Ragged x, Ragged memory)
    {
        IReadOnlyList<Tensor> weights = [];
        var attended = x.Map(values => shape.Around(AttentionNorm, values, y => Attention.Forward(x.With(y), causal: true).Values));
        _ = shape.Around(CrossAttentionNorm, attended.Values, y =>
        {
            weights = CrossAttention.Weights(x.With(y), memory);
            return y;
        });
        return (weights, Forward(x, memory));
    }

    /// <summary>Sequences of one length.</summary>
    /// <param name="x">The targets, [batch, targets, width].</param>
    /// <param name="memory">The encoder's output, [batch, sources, width].</param>
    /// <param name="memoryMask">Which sources are there, as in <see cref="MultiHeadAttention"/>.</param>
    public Tensor Forward(Tensor x, Tensor memory, Tensor? memoryMask = null)
    {
        x = shape.Around(AttentionNorm, x, y => Attention.Forward(y, causal: true));
        x = shape.Around(CrossAttentionNorm, x, y => CrossAttention.Forward(y, memory, memoryMask));
        return shape.Around(FeedForwardNorm, x, FeedForward.Forward);
    }
}

/// <summary>What surrounds each part of a Transformer's layer.</summary>
internal static class Residuals
{
    /// <summary>norm(x + f(x)), or x + f(norm(x)) where the norm comes first.</summary>
    public static Tensor Around(this TransformerShape shape, LayerNorm norm, Tensor x, Func<Tensor, Tensor> part) => shape.NormFirst
        ? x + Dropout.InTraining(part(norm.Forward(x)), shape.Dropout)
        : norm.Forward(Dropout.InTraining(part(x), shape.Dropout), residual: x);
}
