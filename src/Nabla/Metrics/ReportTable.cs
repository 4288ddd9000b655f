using System.Globalization;
using System.Text;

namespace Nabla.Metrics;

/// <summary>A report as scikit-learn and seqeval print it.</summary>
internal sealed class ReportTable
{
    private readonly StringBuilder text = new();
    private readonly int first, width, digits;

    /// <summary>The headings.</summary>
    /// <param name="rows">All rows, for the width of their names.</param>
    /// <param name="digits">How many digits after the point.</param>
    public ReportTable(IReadOnlyCollection<ReportRow> rows, int digits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(digits);
        (first, width, this.digits) = (rows.Max(row => row.Name.Length), Math.Max(9, digits + 3), digits);
        text.Append(' ', first + 1);
        foreach (var heading in (string[])["precision", "recall", "f1-score"]) text.Append(' ').Append(heading.PadLeft(width));
        text.Append("   support\n\n");
    }

    public void Add(ReportRow row) =>
        text.Append(row.Name.PadLeft(first)).Append(' ').Append(Number(row.Precision)).Append(Number(row.Recall)).Append(Number(row.F1))
            .Append(Count(row.Support)).Append('\n');

    /// <summary>A row with one number, below F1.</summary>
    public void Add(string name, double value, long support) =>
        text.Append(name.PadLeft(first)).Append(' ').Append(' ', 2 * (width + 1)).Append(Number(value)).Append(Count(support)).Append('\n');

    public void AddBlank() => text.Append('\n');

    public override string ToString() => text.ToString().TrimEnd('\n');

    private string Number(double value) => " " + value.ToString($"F{digits}", CultureInfo.InvariantCulture).PadLeft(width);

    private static string Count(long count) => " " + count.ToString(CultureInfo.InvariantCulture).PadLeft(9);
}
