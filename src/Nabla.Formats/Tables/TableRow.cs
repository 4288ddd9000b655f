using System.Globalization;
using Nabla.Data;

namespace Nabla.Formats;

/// <summary>One row of a table in a file. What cannot be read as it is asked for is an error that names the file, the line and the column.</summary>
public abstract class TableRow
{
    private protected TableRow(TableHead head, long line) => (Head, Line) = (head, line);

    private protected TableHead Head { get; }

    /// <summary>The file.</summary>
    public string File => Head.File;

    /// <summary>Where the row is: in a text the line it begins on, else its number, counted from 1.</summary>
    public long Line { get; }

    /// <summary>What the columns are called; without a header their numbers, from 0.</summary>
    public IReadOnlyList<string> Columns => Head.Columns;

    /// <summary>The number of a column, from 0.</summary>
    /// <exception cref="DataFileException">There is no such column.</exception>
    public int Find(string column) => Head.Places.TryGetValue(column, out var place) ? place
        : throw Fault($"there is no column \"{column}\". There are: {string.Join(", ", Columns)}.");

    /// <summary>Whether the row says nothing here: an empty field, a null, or a text that the options name as missing.</summary>
    public bool IsMissing(string column) => IsMissing(Find(column));

    /// <summary>Whether the row says nothing here: an empty field, a null, or a text that the options name as missing.</summary>
    public abstract bool IsMissing(int column);

    /// <summary>The text of a field; "" where it is missing.</summary>
    public string Text(string column) => Text(Find(column));

    /// <summary>The text of a field; "" where it is missing.</summary>
    public abstract string Text(int column);

    /// <summary>The number in a field, with a point before decimals whatever the language of the system.</summary>
    /// <exception cref="DataFileException">It is missing or not a number.</exception>
    public double Number(string column) => Number(Find(column));

    /// <summary>The number in a field, with a point before decimals whatever the language of the system.</summary>
    /// <exception cref="DataFileException">It is missing or not a number.</exception>
    public virtual double Number(int column) =>
        double.TryParse(Present(column, "a number"), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw Misfit(column, "a number");

    /// <summary>The whole number in a field.</summary>
    /// <exception cref="DataFileException">It is missing or not a whole number.</exception>
    public long Whole(string column) => Whole(Find(column));

    /// <summary>The whole number in a field.</summary>
    /// <exception cref="DataFileException">It is missing or not a whole number.</exception>
    public virtual long Whole(int column) =>
        long.TryParse(Present(column, "a whole number"), NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            ? number : throw Misfit(column, "a whole number");

    /// <summary>The numbers in these columns.</summary>
    /// <exception cref="DataFileException">One is missing or not a number.</exception>
    public float[] Numbers(params ReadOnlySpan<string> columns)
    {
        var numbers = new float[columns.Length];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = (float)Number(columns[i]);
        return numbers;
    }

    /// <summary>The numbers in neighbouring columns: <c>row.Numbers(..^1)</c> is all but the last.</summary>
    /// <exception cref="DataFileException">One is missing or not a number.</exception>
    public float[] Numbers(Range columns)
    {
        var (start, count) = columns.GetOffsetAndLength(Columns.Count);
        var numbers = new float[count];
        for (var i = 0; i < count; i++) numbers[i] = (float)Number(start + i);
        return numbers;
    }

    /// <summary>The number of the class whose name stands in a field.</summary>
    /// <param name="column">The column.</param>
    /// <param name="classes">What the classes are called, by number.</param>
    /// <exception cref="DataFileException">No class is called so.</exception>
    public int Label(string column, IReadOnlyList<string> classes) => Label(Find(column), classes);

    /// <summary>The number of the class whose name stands in a field.</summary>
    /// <param name="column">The column.</param>
    /// <param name="classes">What the classes are called, by number.</param>
    /// <exception cref="DataFileException">No class is called so.</exception>
    public int Label(int column, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        var text = Present(column, "a class");
        for (var i = 0; i < classes.Count; i++)
        {
            if (classes[i] == text) return i;
        }
        throw Fault($"column \"{Columns[column]}\": \"{text}\" is none of the classes {string.Join(", ", classes)}. Correct it, or add the class.");
    }

    private protected DataFileException Fault(string fault) => new(File, Line, fault);

    private protected DataFileException Misfit(int column, string wanted) => Fault($"column \"{Columns[column]}\": \"{Text(column)}\" is not {wanted}.");

    private protected DataFileException Missing(int column, string wanted) =>
        Fault($"column \"{Columns[column]}\" is empty, {wanted} is needed. Leave such rows out by Where(row => !row.IsMissing(\"{Columns[column]}\")), or fill them before.");

    private string Present(int column, string wanted) => IsMissing(column) ? throw Missing(column, wanted) : Text(column);
}

/// <summary>What all rows of a table share.</summary>
internal sealed class TableHead
{
    public TableHead(string file, IReadOnlyList<string> columns)
    {
        (File, Columns) = (file, columns);
        for (var i = 0; i < columns.Count; i++)
        {
            if (!Places.TryAdd(columns[i], i))
                throw new DataFileException(file, 1, $"two columns are called \"{columns[i]}\", the {Places[columns[i]] + 1}. and the {i + 1}.; rename one, or read the file without header.");
        }
    }

    public string File { get; }

    public IReadOnlyList<string> Columns { get; }

    public Dictionary<string, int> Places { get; } = [];
}
