namespace Nabla.Cli.Datasets;

/// <summary>A verse in two translations.</summary>
/// <param name="Book">Such as <c>1 Samuel</c>.</param>
/// <param name="Chapter">From 1.</param>
/// <param name="Number">
/// Its number among the chapter's verses in the file, from 1: that of the King James Version, but behind a verse that the file does not
/// have one less.
/// </param>
/// <param name="KingJames">The King James Version, 1611 in the spelling of 1769.</param>
/// <param name="WorldEnglish">The World English Bible.</param>
sealed record Verse(string Book, int Chapter, int Number, string KingJames, string WorldEnglish)
{
    /// <summary>Book and chapter, the same for both translations.</summary>
    public string ChapterName => $"{Book} {Chapter}";
}

/// <summary>The Bible in two translations, verse by verse.</summary>
static class Verses
{
    /// <summary>The file goes on behind the last verse of the World English Bible with its glossary, which begins so.</summary>
    const string Glossary = " The following words used in the World English Bible (WEB)";

    /// <summary>All 31,095 in order.</summary>
    public static IEnumerable<Verse> All()
    {
        var lines = Texts.Lines("kjv-web-verses.tsv.gz").ToArray();
        var at = 0;
        foreach (var (book, counts) in VerseCounts.Books)
        {
            for (var chapter = 1; chapter <= counts.Length; chapter++)
            {
                for (var number = 1; number <= counts[chapter - 1]; number++)
                {
                    var columns = lines[at++].Split('\t');
                    yield return new(book, chapter, number, columns[0], columns[1].Split(Glossary)[0]);
                }
            }
        }
    }
}
