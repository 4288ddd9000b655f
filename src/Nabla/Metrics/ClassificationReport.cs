using System.Globalization;
using System.Text;

namespace Nabla.Metrics;

/// <summary>A line of a <see cref="ClassificationReport"/>.</summary>
/// <param name="Name">The class or the kind of average.</param>
/// <param name="Precision">TP / (TP + FP).</param>
/// <param name="Recall">TP / (TP + FN).</param>
/// <param name="F1">Their harmonic mean.</param>
/// <param name="Support">How many samples are of the class.</param>
public sealed record ReportRow(string Name, double Precision, double Recall, double F1, long Support);

/// <summary>The quality of a classifier, class by class and averaged. It prints as scikit-learn's <c>classification_report</c> does.</summary>
/// <param name="Classes">A row for each class.</param>
/// <param name="Accuracy">The share of right predictions.</param>
/// <param name="Macro">The mean over the classes.</param>
/// <param name="Weighted">The mean over the classes, weighted by their support.</param>
public sealed record ClassificationReport(IReadOnlyList<ReportRow> Classes, double Accuracy, ReportRow Macro, ReportRow Weighted)
{
    /// <summary>The table with two digits after the point.</summary>
    public override string ToString() => ToString(2);

    /// <summary>The table.</summary>
    /// <param name="digits">How many digits after the point.</param>
    public string ToString(int digits)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(digits);
        var (first, width) = (Math.Max(Weighted.Name.Length, Classes.Max(row => row.Name.Length)), Math.Max(9, digits + 3));
        string Number(double value) => " " + value.ToString($"F{digits}", CultureInfo.InvariantCulture).PadLeft(width);
        string Count(long count) => " " + count.ToString(CultureInfo.InvariantCulture).PadLeft(9);
        string Line(ReportRow row) => $"{row.Name.PadLeft(first)} {Number(row.Precision)}{Number(row.Recall)}{Number(row.F1)}{Count(row.Support)}\n";
        var text = new StringBuilder(new string(' ', first + 1));
        foreach (var heading in (string[])["precision", "recall", "f1-score"]) text.Append(' ').Append(heading.PadLeft(width));
        text.Append("   support\n\n");
        foreach (var row in Classes) text.Append(Line(row));
        text.Append('\n').Append("accuracy".PadLeft(first)).Append(' ').Append(' ', 2 * (width + 1)).Append(Number(Accuracy)).Append(Count(Macro.Support)).Append('\n');
        return text.Append(Line(Macro)).Append(Line(Weighted)).ToString().TrimEnd('\n');
    }
}
