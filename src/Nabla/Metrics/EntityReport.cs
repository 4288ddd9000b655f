namespace Nabla.Metrics;

/// <summary>
/// The quality of named entity recognition, type by type and averaged. It prints as seqeval's <c>classification_report</c> does.
/// </summary>
/// <param name="Types">A row for each type.</param>
/// <param name="Micro">Of the counts of all types added up.</param>
/// <param name="Macro">The mean over the types.</param>
/// <param name="Weighted">The mean over the types, weighted by their support.</param>
public sealed record EntityReport(IReadOnlyList<ReportRow> Types, ReportRow Micro, ReportRow Macro, ReportRow Weighted)
{
    /// <summary>The table with two digits after the point.</summary>
    public override string ToString() => ToString(2);

    /// <summary>The table.</summary>
    /// <param name="digits">How many digits after the point.</param>
    public string ToString(int digits)
    {
        var table = new ReportTable([.. Types, Micro, Macro, Weighted], digits);
        foreach (var row in Types) table.Add(row);
        table.AddBlank();
        foreach (var row in (ReportRow[])[Micro, Macro, Weighted]) table.Add(row);
        return table.ToString();
    }
}
