using System.Globalization;
using Nabla.Data;

namespace Nabla.Formats;

/// <summary>Which columns hold texts and labels: as the options say, else by usual names, else by content.</summary>
internal sealed class ColumnChoice
{
    private readonly RecordSource source;
    private readonly TextTableOptions options;
    private readonly List<string> faults = [], reasons = [];
    private readonly Lazy<ColumnStatistics[]> statistics;

    private ColumnChoice(RecordSource source, TextTableOptions options)
    {
        (this.source, this.options) = (source, options);
        statistics = new(() => ColumnStatistics.Of(source));
    }

    public int? Text { get; private set; }

    public int? SecondText { get; private set; }

    public int? Label { get; private set; }

    /// <summary>The columns of a table.</summary>
    /// <param name="source">The table.</param>
    /// <param name="options">What is given.</param>
    /// <param name="needsLabel">Whether it is an error that there is no label.</param>
    /// <param name="assumptions">Gets what was recognised.</param>
    /// <exception cref="DataFileException">A column does not exist, or it is not clear which is meant.</exception>
    public static ColumnChoice Of(RecordSource source, TextTableOptions options, bool needsLabel, ICollection<string> assumptions)
    {
        var choice = new ColumnChoice(source, options)
        {
            Text = Given(source, options.Text, nameof(options.Text)),
            SecondText = Given(source, options.SecondText, nameof(options.SecondText)),
            Label = options.Labels == LabelKind.None ? null : Given(source, options.Label, nameof(options.Label)),
        };
        choice.CheckDifferent();
        var textByName = choice.Text is not null || choice.TextByName();
        var labelByName = choice.Label is not null || options.Labels == LabelKind.None || choice.LabelByName();
        if (!textByName) choice.TextByContent();
        if (!labelByName) choice.LabelByContent(needsLabel);
        if (choice.faults.Count > 0) throw choice.Unclear();
        foreach (var reason in choice.reasons) assumptions.Add(reason);
        return choice;
    }

    /// <summary>A column by its name, else regardless of case, else by its number.</summary>
    public static int? Find(IReadOnlyList<string> columns, string wanted)
    {
        foreach (var comparison in (StringComparison[])[StringComparison.Ordinal, StringComparison.OrdinalIgnoreCase])
        {
            for (var i = 0; i < columns.Count; i++)
            {
                if (columns[i].Trim().Equals(wanted.Trim(), comparison)) return i;
            }
        }
        return int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= 1 && number <= columns.Count ? number - 1 : null;
    }

    private static int? Given(RecordSource source, string? wanted, string option) => wanted is null ? null
        : Find(source.Columns, wanted) ?? throw new DataFileException(source.Path, null,
        $"there is no column \"{wanted}\" ({option}). {Listing(source)}");

    private void CheckDifferent()
    {
        int[] given = [.. ((int?[])[Text, SecondText, Label]).OfType<int>()];
        if (given.GroupBy(column => column).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice)
            throw new DataFileException(source.Path, null, $"column {Named(twice)} is given twice; "
                + "Text, SecondText and Label must be different columns.");
    }

    private bool TextByName()
    {
        if (options.SecondText is null)
        {
            foreach (var (first, second) in UsualNames.Pairs)
            {
                if (ByName(first) is not { } one || ByName(second) is not { } two) continue;
                (Text, SecondText) = (one, two);
                reasons.Add($"The texts are pairs: columns {Named(one)} and {Named(two)} (by their names).");
                return true;
            }
        }
        return First("text", UsualNames.Texts, column => Text = column);
    }

    private bool LabelByName() =>
        First("label", options.Labels == LabelKind.Numbers ? [UsualNames.Scores, .. UsualNames.Labels] : UsualNames.Labels,
            column => Label = column);

    /// <summary>The only column with a name of the first group that has any; several are a fault.</summary>
    private bool First(string what, string[][] groups, Action<int> choose)
    {
        foreach (var group in groups)
        {
            int[] found = [.. Enumerable.Range(0, source.Columns.Count).Where(column => IsFree(column) && IsCalled(column, group))];
            if (found.Length == 0) continue;
            if (found.Length > 1)
            {
                faults.Add($"the {what} may be in {string.Join(" or ", found.Select(Named))}");
                return true;
            }
            choose(found[0]);
            reasons.Add($"The {what} is in column {Named(found[0])} (by its name).");
            return true;
        }
        return false;
    }

    private void TextByContent()
    {
        var columns = statistics.Value;
        int[] texts = [.. Enumerable.Range(0, columns.Length)
            .Where(column => IsFree(column) && columns[column] is { Count: > 0, IsNumeric: false })
            .OrderByDescending(column => columns[column].MeanLength)];
        int[] longest = [.. texts.TakeWhile(column => columns[column].MeanLength > columns[texts[0]].MeanLength / 2)];
        if (longest.Length == 1)
        {
            Text = longest[0];
            reasons.Add($"The text is in column {Named(longest[0])} (the longest values).");
        }
        else
        {
            faults.Add(longest.Length == 0 ? "no column holds texts"
                : $"the text may be in {string.Join(" or ", longest.Order().Select(Named))}");
        }
    }

    private void LabelByContent(bool needsLabel)
    {
        if (Text is null)
        {
            faults.Add("the label has no usual name");
            return;
        }
        var columns = statistics.Value;
        int[] free = [.. Enumerable.Range(0, columns.Length).Where(IsFree)];
        int[] found = options.Labels == LabelKind.Numbers ? [] : [.. free.Where(column => columns[column].IsClass)];
        if (found.Length == 0 && options.Labels != LabelKind.Classes)
            found = [.. free.Where(column => columns[column] is { IsNumeric: true, HasFractions: true })];
        if (found.Length == 1)
        {
            Label = found[0];
            var values = columns[found[0]].IsClass ? $"{columns[found[0]].Different} different values" : "numbers";
            reasons.Add($"The label is in column {Named(found[0])} ({values}).");
        }
        else if (found.Length > 1)
        {
            faults.Add($"the label may be in {string.Join(" or ", found.Select(Named))}");
        }
        else if (needsLabel)
        {
            faults.Add("no column looks like a label: none has a usual name or few different values");
        }
    }

    private bool IsFree(int column) => column != Text && column != SecondText && column != Label;

    private bool IsCalled(int column, string[] names) => Array.IndexOf(names, UsualNames.Normal(source.Columns[column])) >= 0;

    private int? ByName(string name)
    {
        for (var i = 0; i < source.Columns.Count; i++)
        {
            if (IsFree(i) && UsualNames.Normal(source.Columns[i]) == name) return i;
        }
        return null;
    }

    private string Named(int column) => source.Columns[column] == $"{column + 1}" ? $"{column + 1}" : $"\"{source.Columns[column]}\"";

    private DataFileException Unclear() => new(source.Path, null,
        $"it is not clear which columns to read: {string.Join("; ", faults)}. "
            + "Set Text and Label to a name or a number (and SecondText for pairs; Labels = None where there is no label). "
            + $"{Listing(source)}");

    private static string Listing(RecordSource source)
    {
        var sample = source.Records().Take(20).ToList();
        var columns = source.Columns.Select((name, i) =>
        {
            var value = sample.Select(record => record.Fields[i]).FirstOrDefault(field => !string.IsNullOrWhiteSpace(field));
            return $"{i + 1}{(name == $"{i + 1}" ? "" : $" {name}")} ({(value is null ? "empty" : $"\"{Phrase.Shorten(value)}\"")})";
        });
        return $"The columns: {string.Join(", ", columns)}.";
    }
}
