using System.Globalization;

namespace Nabla.Formats;

/// <summary>
/// Published tab-separated files without a header. Those with one are recognised by the names of their columns (<see cref="UsualNames"/>).
/// </summary>
/// <param name="Name">The dataset.</param>
/// <param name="Columns">What its columns are called.</param>
/// <param name="Least">Columns that every row has.</param>
/// <param name="Matches">Whether the fields of a row are such.</param>
internal sealed record KnownLayout(string Name, string[] Columns, int Least, Func<string[], bool> Matches)
{
    private static readonly KnownLayout[] All =
    [
        // Warstadt, Singh, Bowman 2019: in_domain_train.tsv, and train.tsv of GLUE.
        new("CoLA", ["source", "label", "star", "sentence"], 4, row => row is [_, "0" or "1", "" or "*", _]),
        // Cer et al. 2017: sts-train.csv; some rows end with the sources of the sentences.
        new("the STS benchmark", ["genre", "filename", "year", "old_index", "score", "sentence1", "sentence2", "source1", "source2"], 7,
            row => row.Length is >= 7 and <= 9 && IsScore(row[4])),
    ];

    public bool Allows(int fields) => fields >= Least && fields <= Columns.Length;

    public static KnownLayout? Recognise(List<string[]> rows) => All.FirstOrDefault(layout => rows.All(layout.Matches));

    /// <summary>train.tsv and dev.tsv of QQP in GLUE have rows that break off.</summary>
    public static bool HasIncompleteRows(IReadOnlyList<string> columns) =>
        columns.SequenceEqual(["id", "qid1", "qid2", "question1", "question2", "is_duplicate"]);

    private static bool IsScore(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var score) && score is >= 0 and <= 5;
}
