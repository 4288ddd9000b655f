namespace Nabla.Data;

/// <summary>A sequence for pretraining before masking.</summary>
/// <param name="Tokens">With [CLS] and [SEP], at least one other token.</param>
/// <param name="FirstLength">Tokens of type 0: [CLS], the first segment and its [SEP]; the tokens behind them have type 1.</param>
/// <param name="IsNext">Whether the second segment follows the first in its document; null for a sequence of one segment.</param>
/// <param name="Seed">Chooses the masked tokens: a function of the pipeline's seed, the epoch and the number of the sequence.</param>
public sealed record PretrainingExample(IReadOnlyList<PretrainingToken> Tokens, int FirstLength, bool? IsNext, ulong Seed)
{
    /// <summary>Tokens, special tokens included.</summary>
    public int Length => Tokens.Count;
}
