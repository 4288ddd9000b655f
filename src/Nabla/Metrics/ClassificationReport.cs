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
        var table = new ReportTable([.. Classes, Macro, Weighted], digits);
        foreach (var row in Classes) table.Add(row);
        table.AddBlank();
        table.Add("accuracy", Accuracy, Macro.Support);
        table.Add(Macro);
        table.Add(Weighted);
        return table.ToString();
    }
}
