using System.Diagnostics;

namespace Nabla;

[DebuggerDisplay("{DebuggerText,nq}")]
public sealed partial class Tensor
{
    /// <summary>The elements as text, as NumPy prints them: four digits behind the point, three elements at each end of an axis if there are more than 1000 in all.</summary>
    public override string ToString() => ToString(precision: 4);

    /// <summary>The elements as text, as NumPy prints them: columns aligned, exponents where the sizes differ too much, long axes cut in the middle.</summary>
    /// <param name="precision">At most so many digits behind the point.</param>
    /// <param name="threshold">With more elements than this, only the ends of each axis are shown.</param>
    /// <param name="edge">How many elements are shown at each end.</param>
    public string ToString(int precision, int threshold = 1000, int edge = 3)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(precision);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(edge);
        return new TensorPrinter(this, precision, Length > threshold ? edge : int.MaxValue).Print();
    }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private string DebuggerText => $"{DType}{Shape} {ToString(4, threshold: 6, edge: 2).ReplaceLineEndings("")}";
}
