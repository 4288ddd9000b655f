using Nabla.Data;
using Nabla.Text;

namespace Nabla.Cli.Datasets;

/// <summary>Two texts, and whether the second says what the first says.</summary>
/// <param name="First">A verse of the King James Version.</param>
/// <param name="Second">A verse of the World English Bible.</param>
/// <param name="IsSame">Whether they are the same verse.</param>
/// <param name="Chapter">Where both stand.</param>
sealed record Paraphrase(string First, string Second, bool IsSame, string Chapter);

/// <summary>
/// "Do these two verses say the same?" Each verse of the King James Version comes twice: with its translation in the World English Bible,
/// and with that of a verse near it in the chapter, which speaks of the same people and things. Of the five verses before it and behind
/// it that is the one whose words are most alike. Both answers are equally frequent.
/// </summary>
static class Paraphrases
{
    /// <summary>What <c>--data</c> calls them.</summary>
    public const string Name = "verse-pairs";

    public const string Description = "Do these two verses say the same? King James and World English Bible, split by chapter";

    const int Near = 5;

    /// <summary>
    /// The pairs of a part, in the order of the books. Parts are cut by chapter as pretraining cuts them
    /// (<see cref="EnglishCorpus.Split"/>): no verse of the test was pretrained on.
    /// </summary>
    public static Dataset<Paraphrase> Pairs(DataPart part) => Dataset.From(Verses.All().GroupBy(verse => verse.ChapterName)
        .Where(chapter => EnglishCorpus.Split.PartOf(chapter.Key) == part).SelectMany(chapter => OfChapter([.. chapter])).ToArray());

    static IEnumerable<Paraphrase> OfChapter(Verse[] verses)
    {
        var first = Array.ConvertAll(verses, verse => WordsOf(verse.KingJames));
        var second = Array.ConvertAll(verses, verse => WordsOf(verse.WorldEnglish));
        for (var i = 0; i < verses.Length; i++)
        {
            yield return new(verses[i].KingJames, verses[i].WorldEnglish, true, verses[i].ChapterName);
            var (from, end) = (Math.Max(i - Near, 0), Math.Min(i + Near + 1, verses.Length));
            // Formulas repeat: what is word for word the same says the same.
            var others = Enumerable.Range(from, end - from)
                .Where(j => j != i && !second[j].SetEquals(second[i]) && !first[j].SetEquals(first[i]));
            if (others.Select(j => (Place: j, Likeness: Likeness(first[i], second[j]))).OrderByDescending(other => other.Likeness)
                .Select(other => (int?)other.Place).FirstOrDefault() is { } near)
                yield return new(verses[i].KingJames, verses[near].WorldEnglish, false, verses[i].ChapterName);
        }
    }

    /// <summary>Of the words of both, how many they share (Jaccard 1901).</summary>
    internal static double Likeness(HashSet<string> first, HashSet<string> second)
    {
        var shared = first.Count(second.Contains);
        return (double)shared / Math.Max(1, first.Count + second.Count - shared);
    }

    internal static HashSet<string> WordsOf(string text) =>
        [.. Words.Of(text).Select(range => text[range]).Where(word => char.IsLetter(word[0])).Select(word => word.ToLowerInvariant())];
}
