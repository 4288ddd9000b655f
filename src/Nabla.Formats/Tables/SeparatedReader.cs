using System.Text;
using Nabla.Data;

namespace Nabla.Formats;

/// <summary>
/// Records of separated values as people publish them. With quotes, a field that begins with one ends at the next that is not doubled and
/// may hold separators and line breaks (read as "\n"); elsewhere quotes are text. Without quotes, a record is a line. Empty lines are
/// skipped.
/// </summary>
/// <param name="text">The text; disposed with the reader.</param>
/// <param name="path">Its file, for errors.</param>
/// <param name="separator">Between fields; null: a line is one field.</param>
/// <param name="quotes">Whether fields may be quoted.</param>
internal sealed class SeparatedReader(TextReader text, string path, char? separator, bool quotes) : IDisposable
{
    /// <summary>Longest quoted field: an unclosed quote in a large file ends here.</summary>
    private const int MostCharacters = 1 << 28;

    private long lines;

    /// <summary>The line on which the current record begins, counted from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The fields of the current record.</summary>
    public string[] Fields { get; private set; } = [];

    /// <summary>Moves to the next record.</summary>
    /// <exception cref="DataFileException">A quote is not closed, or text follows a closing quote.</exception>
    public bool Read()
    {
        for (var line = NextLine(); line is not null; line = NextLine())
        {
            if (line.Length == 0) continue;
            Line = lines;
            Fields = separator is not { } between ? [line] : quotes && line.Contains('"') ? Quoted(line, between) : line.Split(between);
            return true;
        }
        return false;
    }

    public void Dispose() => text.Dispose();

    private string? NextLine()
    {
        lines++;
        return text.ReadLine();
    }

    private string[] Quoted(string line, char between)
    {
        var fields = new List<string>();
        for (var at = 0; ; at++)
        {
            if (at < line.Length && line[at] == '"')
            {
                fields.Add(QuotedField(ref line, ref at, between));
            }
            else
            {
                var end = line.IndexOf(between, at) is >= 0 and var found ? found : line.Length;
                fields.Add(line[at..end]);
                at = end;
            }
            if (at >= line.Length) return [.. fields];
        }
    }

    /// <summary>
    /// A field whose quote opens at a position of the line; afterwards the line is its last one and the position that of the separator
    /// behind it.
    /// </summary>
    private string QuotedField(ref string line, ref int at, char between)
    {
        var (opened, field) = (lines, new StringBuilder());
        for (var from = at + 1; ;)
        {
            var quote = line.IndexOf('"', from);
            if (quote < 0)
            {
                field.Append(line, from, line.Length - from).Append('\n');
                line = (field.Length < MostCharacters ? NextLine() : null) ?? throw Unclosed(opened);
                from = 0;
                continue;
            }
            field.Append(line, from, quote - from);
            from = quote + 1;
            if (from < line.Length && line[from] == '"')
            {
                field.Append('"');
                from++;
                continue;
            }
            for (at = from; at < line.Length && line[at] == ' ' && between != ' ';) at++;
            return at >= line.Length || line[at] == between ? field.ToString() : throw TextBehind(opened, line[from..]);
        }
    }

    private DataFileException Unclosed(long opened) => new(path, opened,
        "a quote opens a field on this line and is never closed. Close it; a quote that is text is doubled within a quoted field. "
            + "If quotes have no meaning in this file, set Quotes = false.");

    private DataFileException TextBehind(long opened, string rest) => new(path, opened,
        $"a field that begins with a quote on this line ends with one{(lines > opened ? $" on line {lines}" : "")}, but "
            + $"\"{Phrase.Shorten(rest, 20)}\" follows it. "
        + "Double the quotes within a quoted field. If quotes have no meaning in this file, set Quotes = false.");
}
