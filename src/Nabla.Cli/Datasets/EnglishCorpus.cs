using Nabla.Data;

namespace Nabla.Cli.Datasets;

/// <summary>A work: its chapters in order.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Chapters">Documents of sentences.</param>
sealed record Work(string Title, IReadOnlyList<TextDocument> Chapters);

/// <summary>
/// The English prose and verse that travels inside the program, on which `nabla pretrain` learns unless another corpus is named:
/// Moby-Dick by chapters, the State of the Union by addresses, the Bible in two translations by chapters, where a verse counts as a
/// sentence.
/// </summary>
static class EnglishCorpus
{
    /// <summary>
    /// Which chapters are held out from pretraining: 5% for validation and 5% for testing, the same chapters in both translations. Tasks
    /// made of these texts are split in the same way, so that what they test on was never seen.
    /// </summary>
    public static GroupSplit Split { get; } = new(seed: 0, validation: 0.05, test: 0.05);

    /// <summary>Four works.</summary>
    public static Work[] Works()
    {
        var chapters = Verses.All().GroupBy(verse => verse.ChapterName).ToArray();
        return
        [
            new("Moby-Dick", [.. MobyDick()]),
            new("State of the Union", [.. StateOfTheUnion()]),
            new("King James Version", [.. chapters.Select(chapter => Translation(chapter, "King James", verse => verse.KingJames))]),
            new("World English Bible", [.. chapters.Select(chapter => Translation(chapter, "World English", verse => verse.WorldEnglish))]),
        ];
    }

    /// <summary>The chapters of a part, work by work.</summary>
    public static Dataset<TextDocument> Documents(DataPart part) =>
        Dataset.From(Works().SelectMany(work => work.Chapters).Where(chapter => Split.PartOf(chapter.Group) == part).ToArray());

    /// <summary>Both translations' verses, with the translation as the class.</summary>
    public static Contents TranslationContents() => new([], null)
    {
        Texts = [.. Verses.All()
            .SelectMany(verse => new[] { new LabelledText(verse.KingJames, 0), new LabelledText(verse.WorldEnglish, 1) })],
        TextClasses = ["King James", "World English"],
    };

    /// <summary>The addresses.</summary>
    public static Contents AddressContents() =>
        new([], null) { Texts = [.. Addresses().Select(address => new LabelledText(address.Text, 0))] };

    static TextDocument Translation(IGrouping<string, Verse> chapter, string translation, Func<Verse, string> text) =>
        new($"{chapter.Key} ({translation})", [.. chapter.Select(text)]) { Group = chapter.Key };

    /// <summary>A chapter begins with the line "CHAPTER 1. Loomings."; the chapters within chapter 32 do not begin a line.</summary>
    static IEnumerable<TextDocument> MobyDick()
    {
        const string Heading = "\n\nCHAPTER ";
        return $"\n\n{Texts.MobyDick()}".Split(Heading, StringSplitOptions.RemoveEmptyEntries)
            .Select(chapter => TextDocument.From($"Moby-Dick, chapter {chapter.Split('.')[0]}", Heading.TrimStart() + chapter));
    }

    static IEnumerable<TextDocument> StateOfTheUnion() =>
        Addresses().Select(address => TextDocument.From($"State of the Union, {address.Name}", address.Text));

    /// <summary>A line "# year_president_party", then the address.</summary>
    static IEnumerable<(string Name, string Text)> Addresses()
    {
        var name = "";
        foreach (var line in Texts.Lines("state-of-the-union.txt.gz"))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal)) name = line[2..];
            else yield return (name, line);
        }
    }
}
