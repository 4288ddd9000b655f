using System.Globalization;

namespace Nabla.Formats;

/// <summary>What a column holds, over all rows.</summary>
internal sealed class ColumnStatistics
{
    private const int MostCounted = 1000;

    private readonly HashSet<string> different = [];
    private long characters;

    /// <summary>Values that are not blank.</summary>
    public long Count { get; private set; }

    /// <summary>Different values; no more than 1,000 are counted.</summary>
    public int Different => different.Count;

    public double MeanLength => Count == 0 ? 0 : (double)characters / Count;

    public bool IsNumeric { get; private set; } = true;

    /// <summary>Whether a number has a fraction.</summary>
    public bool HasFractions { get; private set; }

    /// <summary>Few different values, which occur again and again.</summary>
    public bool IsClass => Different >= 2 && Different < Count && Different <= Math.Clamp(Count / 2, 2, 100);

    public static ColumnStatistics[] Of(RecordSource source)
    {
        var columns = source.Columns.Select(_ => new ColumnStatistics()).ToArray();
        foreach (var record in source.Records())
        {
            for (var i = 0; i < columns.Length; i++) columns[i].Add(record.Fields[i]);
        }
        return columns;
    }

    private void Add(string? value)
    {
        if (string.IsNullOrWhiteSpace(value)) return;
        Count++;
        characters += value.Length;
        if (different.Count < MostCounted) different.Add(value.Trim());
        if (!IsNumeric) return;
        IsNumeric = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
        HasFractions |= IsNumeric && number != Math.Floor(number);
    }
}
