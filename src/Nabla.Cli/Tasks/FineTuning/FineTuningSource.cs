using Nabla.Cli.Tasks.Texts;
using Nabla.Reports;
using Nabla.Training;

namespace Nabla.Cli.Tasks.FineTuning;

/// <summary>The data of a fine-tuning.</summary>
/// <param name="Name">What it is called, fit for a folder's name.</param>
/// <param name="Description">What it is, in a line.</param>
/// <param name="Labels">The classes or tags; of a regression the label column; of questions none.</param>
/// <param name="Given">The examples, in the parts that the files give.</param>
sealed record FineTuningSource<T>(string Name, string Description, IReadOnlyList<string> Labels, GivenParts<T> Given)
{
    /// <summary>What the reader recognised.</summary>
    public IReadOnlyList<string> Assumptions { get; init; } = [];

    /// <summary>The first rows as they are understood.</summary>
    public IReadOnlyList<string> Preview { get; init; } = [];

    /// <summary>All examples of other data to evaluate: the test part of a folder that has one.</summary>
    public IReadOnlyList<T> ToEvaluate => Given.Test ?? Given.Validation ?? Given.Train;
}

/// <summary>Examples as token ids.</summary>
/// <param name="Examples">The examples.</param>
/// <param name="Encoded">Their token ids; of a question one for each window.</param>
sealed record EncodedPart<T>(IReadOnlyList<T> Examples, IReadOnlyList<EncodedExample> Encoded)
{
    /// <summary>Of questions, each with a window of its context.</summary>
    public IReadOnlyList<QuestionWindow> Windows { get; init; } = [];
}

/// <summary>How well a model does, in words.</summary>
/// <param name="Headline">In a sentence.</param>
/// <param name="Lines">Further lines.</param>
sealed record EvaluationText(string Headline, IReadOnlyList<string> Lines)
{
    /// <summary>The confusion matrix for the report.</summary>
    public Judgement? Judgement { get; init; }

    /// <summary>A table of examples for the report: its heading, its columns and its rows.</summary>
    public (string Heading, string[] Columns, IReadOnlyList<string[]> Rows)? Examples { get; init; }

    /// <summary>Adds the lines and the examples to a report.</summary>
    public void Write(Report report)
    {
        var page = report.Add(Judgement is null ? 2 : 3, "In detail");
        foreach (var line in Lines.TakeWhile(line => line.Length > 0)) page.Paragraph(Plain(line));
        if (Examples is not var (heading, columns, rows) || rows.Count == 0) return;
        page.Section(heading);
        page.Table(columns, rows.Select(row => Array.ConvertAll(row, Plain)), numbers: false);
    }

    /// <summary>A text must not turn into a formula or code.</summary>
    static string Plain(string text) => text.Replace('$', '＄').Replace('`', 'ˋ');
}
