using Nabla.Initializers;

namespace Nabla.Layers;

/// <summary>The rows of a table that integers name.  indices: [..] → [.., width]. First values are normal.</summary>
/// <param name="rows">How many there are: 0 ≤ index &lt; rows.</param>
/// <param name="width">The length of a row.</param>
/// <param name="paddingIndex">One of them: a row that begins as 0 and gets no gradient, so that padding stays 0.</param>
/// <param name="deviation">Of the first values: 1 as in PyTorch; less, so that rows that are rarely seen say little.</param>
public sealed partial class Embedding(int rows, int width, int? paddingIndex = null, double deviation = 1) : ILayer
{
    /// <summary>The table: [rows, width]</summary>
    public Parameter Weight { get; } = new(Table(rows, width, paddingIndex), First(paddingIndex, deviation));

    /// <summary>The row that stays 0, if any.</summary>
    internal int? PaddingIndex => paddingIndex;

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Embedding(Weight, PaddingIndex);
    }

    private static Shape Table(int rows, int width, int? padding)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        return padding is null || (uint)padding.Value < (uint)rows ? [rows, width]
            : throw new ArgumentOutOfRangeException(nameof(padding), padding, $"Embedding: the padding index {padding} is none of the {rows} rows, 0 … {rows - 1}.");
    }

    private static Initializer First(int? padding, double deviation) => padding is not { } row ? Initialize.Normal(0, deviation)
        : (shape, generator) => Tensor.Normal(shape, deviation: deviation, generator: generator).MaskedFill(Tensor.Arange(shape[0]).EqualTo(row).Unsqueeze(1), 0);
}
