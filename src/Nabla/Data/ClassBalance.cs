namespace Nabla.Data;

/// <summary>How many examples each class has.</summary>
public sealed class ClassBalance
{
    private readonly long[] counts;

    private ClassBalance(long[] counts) => this.counts = counts;

    /// <summary>Examples of each class, by number.</summary>
    public IReadOnlyList<long> Counts => counts;

    /// <summary>Examples in all.</summary>
    public long Total => counts.Sum();

    /// <summary>Each class's share of the examples.</summary>
    public IReadOnlyList<double> Shares => Array.ConvertAll(counts, count => count / (double)Math.Max(Total, 1));

    /// <summary>
    /// total ÷ (classes present · count) of each class: with it every class weighs as much as any other (King, Zeng 2001); classes of equal size get 1, a class without examples 0.
    /// Float32 [classes], as the weights of a cross entropy.
    /// </summary>
    public Tensor Weights
    {
        get
        {
            var (total, present) = ((double)Total, counts.Count(count => count > 0));
            return Tensor.From(Array.ConvertAll(counts, count => count == 0 ? 0 : (float)(total / (present * count))), [counts.Length]);
        }
    }

    /// <summary>Counts labels.</summary>
    /// <param name="labels">Numbers of classes, 0 or more.</param>
    /// <param name="classes">How many classes there are; null: as many as the greatest label says.</param>
    /// <exception cref="ArgumentException">A label has no class.</exception>
    public static ClassBalance Of(ReadOnlySpan<int> labels, int? classes = null)
    {
        var greatest = -1;
        foreach (var label in labels) greatest = Math.Max(greatest, label);
        var counts = new long[classes ?? (greatest + 1)];
        for (var i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)counts.Length) throw new ArgumentException($"ClassBalance: label {labels[i]} of example {i}: there are {counts.Length} classes, 0 to {counts.Length - 1}.");
            counts[labels[i]]++;
        }
        return new(counts);
    }

    /// <summary>Counts the labels of a dataset; images that know their labels are not read.</summary>
    /// <param name="examples">The dataset or a part of one.</param>
    /// <param name="classes">How many classes there are; null: as many as the greatest label says.</param>
    public static ClassBalance Of(Dataset<Example> examples, int? classes = null) => Of(Splits.Labels(examples), classes);
}
