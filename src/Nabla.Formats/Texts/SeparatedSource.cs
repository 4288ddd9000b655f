using Nabla.Data;

namespace Nabla.Formats;

/// <summary>Separated values with or without a header. Columns without a name are left out.</summary>
internal sealed class SeparatedSource : RecordSource
{
    /// <summary>Rows by which header and layout are recognised.</summary>
    private const int SampleRows = 1000;

    private readonly TextTableOptions options;
    private readonly ICollection<string> assumptions;
    private readonly char? separator;
    private readonly bool quotes, isSaid, hasHeader;
    private readonly int width;
    private readonly KnownLayout? layout;
    private readonly int[] named;

    public SeparatedSource(string path, TextTableOptions options, ICollection<string> assumptions) : base(path)
    {
        (this.options, this.assumptions) = (options, assumptions);
        var said = SaidSeparator();
        isSaid = said is not null;
        separator = options.Separator ?? said ?? Separators.Recognise(path, options, TableFormats.Extension(path));
        quotes = options.Quotes ?? separator is not (null or '\t');
        if (options.Separator is null) assumptions.Add(Separation());
        var sample = Sample();
        layout = options.HasHeader is null && separator == '\t' ? KnownLayout.Recognise(sample) : null;
        hasHeader = layout is null && (options.HasHeader ?? Headers.Recognise(sample));
        width = layout?.Columns.Length ?? (hasHeader ? sample[0].Length : sample.Max(row => row.Length));
        var names = layout?.Columns ?? (hasHeader ? Array.ConvertAll(sample[0], name => name.Trim())
            : [.. Enumerable.Range(1, width).Select(i => $"{i}")]);
        if (options.HasHeader is null) assumptions.Add(HeaderSaid(names));
        named = [.. Enumerable.Range(0, width).Where(i => names[i].Length > 0)];
        Columns = Array.ConvertAll(named, i => names[i]);
        if (hasHeader) CheckNames();
    }

    public override IReadOnlyList<string> Columns { get; }

    public override IEnumerable<TableRecord> Records()
    {
        using var reader = Open();
        if (hasHeader) reader.Read();
        var (nameless, incomplete) = (0L, 0L);
        while (reader.Read())
        {
            var fields = reader.Fields;
            if (fields.Length != width && layout?.Allows(fields.Length) != true)
            {
                if (!KnownLayout.HasIncompleteRows(Columns) || fields.Length > width) throw Ragged(reader.Line, fields);
                incomplete++;
                continue;
            }
            if (named.Length < fields.Length && HasNamelessValue(fields)) nameless++;
            yield return new(reader.Line, Array.ConvertAll(named, column => column < fields.Length ? fields[column] : null));
        }
        if (incomplete > 0)
            Say($"{Phrase.Count(incomplete, "row")} with too few fields left out: "
            + "the file of Quora Question Pairs is published with some.");
        if (named.Length < width)
            Say($"{Phrase.Count(width - named.Length, "column")} without a name left out ({Phrase.Count(nameless, "row")} with values "
            + "there).");
    }

    private SeparatedReader Open()
    {
        var reader = new SeparatedReader(TextFile.Open(Path, options.Encoding), Path, separator, quotes);
        if (isSaid) reader.Read();
        return reader;
    }

    private char? SaidSeparator()
    {
        using var text = TextFile.Open(Path, options.Encoding);
        return Separators.Said(text.ReadLine());
    }

    private List<string[]> Sample()
    {
        using var reader = Open();
        var rows = new List<string[]>();
        while (rows.Count < SampleRows && reader.Read()) rows.Add(reader.Fields);
        return rows.Count > 0 ? rows : throw new DataFileException(Path, null, "is empty: there is no line with text.");
    }

    private string Separation() => separator is not { } between ? "No separator was recognised: every line is one value."
        : $"Values are separated by {(between == '\t' ? "tabs" : $"\"{between}\"")}{(isSaid ? ", as the first line says" : "")}; "
        + $"quotes {(quotes ? "enclose values" : "are text")}.";

    private string HeaderSaid(string[] names) =>
        layout is not null ? $"There is no header: the columns are those of {layout.Name} ({string.Join(", ", names)})."
        : hasHeader ? $"The first line names the columns: {Phrase.List([.. names.Where(name => name.Length > 0)])}."
        : $"There is no header: the first line is data, the columns are called by their numbers (1 to {width}).";

    private void CheckNames()
    {
        if (Columns.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice)
            throw new DataFileException(Path, 1, $"two columns are called \"{twice}\". "
                + "Rename one, or set HasHeader = false if the first line is data.");
    }

    private bool HasNamelessValue(string[] fields) =>
        Enumerable.Range(0, fields.Length).Except(named).Any(i => !string.IsNullOrWhiteSpace(fields[i]));

    /// <summary>Records are read more than once; what is true of them is said once.</summary>
    private void Say(string assumption)
    {
        if (!assumptions.Contains(assumption)) assumptions.Add(assumption);
    }

    private DataFileException Ragged(long line, string[] fields)
    {
        var by = separator is { } between ? $", separated by {Phrase.Separator(between)}" : "";
        var remedy = separator == '\t' && !quotes ? "Replace tabs and line breaks in texts by spaces; "
            + "if a spreadsheet put texts in quotes, set Quotes = true."
            : "Put values that hold the separator in quotes, or set Separator.";
        return new(Path, line, $"{Phrase.Count(fields.Length, "field")} where {width} {(width == 1 ? "is" : "are")} expected "
            + $"({Phrase.List(Columns, 8)}){by}: "
            + $"\"{Phrase.Shorten(string.Join(" | ", fields), 60)}\". {remedy}");
    }
}
