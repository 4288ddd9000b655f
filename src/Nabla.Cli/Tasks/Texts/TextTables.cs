using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Cli.Tasks.Texts;

/// <summary>A table of labelled texts or pairs, or the tables of a folder's parts.</summary>
/// <param name="Train">The training part, or all there is.</param>
/// <param name="Validation">The validation part of a folder that has one.</param>
/// <param name="Test">The test part of a folder that has one, with labels.</param>
sealed record TextTables(TextTable Train, TextTable? Validation = null, TextTable? Test = null)
{
    /// <summary>What the readers call their options, and what the command line calls them.</summary>
    static readonly (string Theirs, string Ours)[] Names =
    [
        ("Set Text and Label to a name or a number (and SecondText for pairs; Labels = None where there is no label)",
            "Say which it is: --text COLUMN, --label COLUMN (and --pair COLUMN for pairs)"),
        ("Text, SecondText and Label must be different columns", "--text, --pair and --label cannot be both the same column"),
        ("Set Label to another column", "Name another: --label COLUMN"),
        ("To read texts without labels, set Labels = None", "Name the column that has them: --label COLUMN"),
        ("Correct it, name it as a missing label (MissingLabels), or set Labels = Classes", "Correct it, or leave its row without a label"),
        ("Correct it, add the class, or name it as a missing label (MissingLabels)", "Correct it, or leave its row without a label"),
        ("Name the encoding of the file:", "Name the encoding of the file by --encoding:"),
            ("Name another encoding", "Name another: --encoding"),
        ("(Text)", "(--text)"), ("(SecondText)", "(--pair)"), ("(Label)", "(--label)"), ("(Tag)", "(--tags)"),
    ];

    /// <summary>All examples of other data to evaluate: the test part of a folder that has one, else the training part.</summary>
    public TextTable ToEvaluate => Test ?? Validation ?? Train;

    /// <summary>Reads a file, or a folder of parts.</summary>
    /// <exception cref="UserException">It cannot be read, or columns are not clear.</exception>
    public static TextTables Open(string data, TextTableOptions options) => Read(() =>
    {
        if (!Directory.Exists(data)) return new TextTables(Checked(TextTable.Open(data, options)));
        var parts = TextFolder.Open(data, options);
        return new(Checked(parts.Train), parts.Validation, parts.Test is { Labels: not LabelKind.None } test ? test : null);
    });

    /// <summary>Calls a reader; its errors name the options of the command line.</summary>
    public static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DataFileException error)
        {
            throw new UserException(Names.Aggregate(error.Message, (said, name) => said.Replace(name.Theirs, name.Ours,
                StringComparison.Ordinal)));
        }
    }

    /// <summary>A name for a run folder: of <c>data/reviews.csv.gz</c> <c>reviews</c>.</summary>
    public static string NameOf(string data) => Path.GetFileName(Path.TrimEndingDirectorySeparator(data)).Split('.')[0];

    /// <summary>The first rows as they are understood.</summary>
    public IEnumerable<string> Preview() => Train.Preview().Select(row =>
        $"{Short(row.Text)}{(row.SecondText is { } second ? $" ‖ {Short(second)}" : "")} → {row.Label}");

    /// <summary>The table; a label that is a list or an object of JSON names no class.</summary>
    static TextTable Checked(TextTable table) => table.Classes.FirstOrDefault(name => name is ['{', .., '}'] or ['[', .., ']']) is { } name
        ? throw new UserException($"{table.Path}: column \"{table.LabelColumn}\" holds {Short(name)}; a text or a number is needed. Name " +
            "another column: --label COLUMN.") : table;

    /// <summary>A text on one line, cut.</summary>
    public static string Short(string text, int most = 60)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= most) return line;
        var end = most - 1;
        return $"{line[..(char.IsHighSurrogate(line[end - 1]) ? end - 1 : end)]}…";
    }
}
