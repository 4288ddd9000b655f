using Nabla.Layers;

namespace Nabla.Data;

/// <summary>Masked sequences of any lengths without padding, and what the model should predict.</summary>
/// <param name="Ids">The tokens after masking: Int64 [elements].</param>
/// <param name="TypeIds">0 in the first segment, 1 in the second: Int64 [elements].</param>
/// <param name="MaskedPositions">Which elements are to be predicted, ascending: Int64 [masked], 0 ≤ position &lt; elements.</param>
/// <param name="MaskedLabels">The tokens that were there: Int64 [masked].</param>
/// <param name="NextLabels">
/// 0 where the second segment follows the first, 1 where it is random (the numbers of BERT's checkpoints): Int64 [sequences]. Null where
/// there are no pairs.
/// </param>
public sealed record PretrainingBatch(Ragged Ids, Tensor TypeIds, Tensor MaskedPositions, Tensor MaskedLabels, Tensor? NextLabels)
{
    /// <summary>Sequences.</summary>
    public int Count => Ids.Count;

    /// <summary>Tokens of all sequences, special tokens included.</summary>
    public int TokenCount => Ids.Values.Shape[0];

    /// <summary>Tokens to be predicted: the weight of the masked loss of this batch among others.</summary>
    public int MaskedCount => MaskedPositions.Shape[0];

    /// <summary>
    /// Pairs to be classified: the weight of the next-sentence loss of this batch among others; 0 where there are no pairs.
    /// </summary>
    public int PairCount => NextLabels is null ? 0 : Count;
}
