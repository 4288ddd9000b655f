using Nabla.Layers;

namespace Nabla.Models;

/// <summary>One vector for each sequence of a batch.</summary>
public static class SequencePooling
{
    /// <summary>Each sequence's first element, such as BERT's [CLS].  x: [elements, width] → [batch, width]</summary>
    public static Tensor First(Ragged x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Values.IndexSelect(0, Tensor.From(Enumerable.Range(0, x.Count).Select(sequence => (long)x.Offsets[sequence]).ToArray()));
    }

    /// <summary>The mean of each sequence's elements.  x: [elements, width] → [batch, width]</summary>
    public static Tensor Mean(Ragged x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var lengths = Enumerable.Range(0, x.Count).Select(x.Length).ToArray();
        var owners = Tensor.From(lengths.SelectMany((length, sequence) => Enumerable.Repeat((long)sequence, length)).ToArray());
        var sums = new Ops.IndexAdd([x.Count, .. x.Values.Shape[1..]], 0).Apply(x.Values, owners);
        return sums / Lengths(x, x.Values.DType).Unsqueeze(1);
    }

    /// <summary>How many elements each sequence has: [batch].</summary>
    internal static Tensor Lengths(Ragged x, DType dtype) => Tensor.From(Enumerable.Range(0, x.Count).Select(i => (float)x.Length(i)).ToArray()).To(dtype);

    /// <summary>The largest of each column of a sequence's elements.  x: [elements, width] → [batch, width]</summary>
    public static Tensor Max(Ragged x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Count == 0) return x.Values;
        var padded = x.ToPadded();                                                                      // [batch, time, width]
        var lengths = Tensor.From(Enumerable.Range(0, x.Count).Select(sequence => (long)x.Length(sequence)).ToArray()).Unsqueeze(1);
        var beyond = Tensor.Arange(padded.Shape[1]).To(DType.Int64).Unsqueeze(0) >= lengths;            // [batch, time]
        return padded.MaskedFill(beyond.Unsqueeze(2), double.NegativeInfinity).Max(1);
    }
}
