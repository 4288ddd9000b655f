using Nabla.Layers;
using Nabla.Text;

namespace Nabla.Models;

/// <summary>A batch of texts for <see cref="Bert"/>: the ids of their tokens, without padding.</summary>
public sealed class BertInput
{
    /// <summary>A batch of sequences of tokens.</summary>
    /// <param name="tokens">The ids of each sequence with its special tokens: values Int64 [elements].</param>
    /// <param name="typeIds">The segment of each token, 0 or 1: Int64 [elements]; null: 0 each.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public BertInput(Ragged tokens, Tensor? typeIds = null)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Values.Rank != 1) throw new ArgumentException($"BertInput: tokens {tokens.Values.Shape}: ids [elements] are needed.",
            nameof(tokens));
        if (typeIds is not null && typeIds.Shape != tokens.Values.Shape)
            throw new ArgumentException($"BertInput: type ids {typeIds.Shape} for tokens {tokens.Values.Shape}: one for each token is needed.", nameof(typeIds));
        (Tokens, TypeIds) = (tokens, typeIds);
    }

    /// <summary>The ids: values Int64 [elements].</summary>
    public Ragged Tokens { get; }

    /// <summary>The segment of each token, Int64 [elements]; null: 0 each.</summary>
    public Tensor? TypeIds { get; }

    /// <summary>The position of each token, Int64 [elements]; null: they count from 0 in each sequence.</summary>
    public Tensor? Positions { get; init; }

    /// <summary>
    /// Which tokens see which, one mask for each sequence, broadcast to its [heads, tokens, tokens]: Bool, true where a token (row) attends
    /// to another (column), or floats that are added to the scores; null: all see all.
    /// </summary>
    public IReadOnlyList<Tensor>? Masks { get; init; }

    /// <summary>The batch of texts that a tokenizer has encoded.</summary>
    /// <param name="texts">With special tokens, and without padding, which would be attended to.</param>
    /// <exception cref="ArgumentException">A text has no token, or is padded.</exception>
    public static BertInput From(IReadOnlyList<EncodedText> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        for (var i = 0; i < texts.Count; i++)
            if (texts[i].IsPadded) throw new ArgumentException($"BertInput: text {i} is padded. Encode without padding: batches need none.",
                nameof(texts));
        var types = texts.Any(text => text.TypeIds.Any(type => type != 0)) ? Tensor.From(texts.SelectMany(text =>
            text.TypeIds).Select(type => (long)type).ToArray()) : null;
        return new(Ragged.From([.. texts.Select(text => text.Ids)]), types);
    }

    /// <summary>The batch of ids that come padded; padding is left out, and a token keeps the position that it has in its row.</summary>
    /// <param name="ids">Int64 [batch, time]</param>
    /// <param name="attentionMask">[batch, time], 0 or false where there is padding; null: there is none.</param>
    /// <param name="typeIds">Int64 [batch, time]; null: 0 each.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a row is all padding.</exception>
    public static BertInput FromPadded(Tensor ids, Tensor? attentionMask = null, Tensor? typeIds = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        if (ids.Rank != 2) throw new ArgumentException($"BertInput: ids {ids.Shape}: [batch, time] is needed.", nameof(ids));
        if (attentionMask is null) return new(Ragged.FromPadded(ids), typeIds?.Reshape(ids.Shape[0] * ids.Shape[1]));
        var mask = attentionMask.DType == DType.Bool ? attentionMask : attentionMask.To(DType.Bool);
        var positions = Tensor.Arange(ids.Shape[1]).To(DType.Int64).Unsqueeze(0).Expand(ids.Shape);
        return new(Ragged.FromPadded(ids, mask), typeIds is null ? null : Ragged.FromPadded(typeIds, mask).Values)
        {
            Positions = Ragged.FromPadded(positions, mask).Values,
        };
    }

    /// <summary>The position of each token.</summary>
    /// <exception cref="ArgumentException">A sequence is longer than there are positions.</exception>
    internal Tensor PositionsUpTo(int positions)
    {
        for (var i = 0; i < Tokens.Count; i++)
            if (Tokens.Length(i) > positions)
                throw new ArgumentException($"Bert: sequence {i} has {Tokens.Length(i)} tokens, the model has {positions} positions. Truncate the text when you encode it.");
        return Positions ?? Tokens.Places();
    }
}
