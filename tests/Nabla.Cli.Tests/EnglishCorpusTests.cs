using Nabla.Cli.Datasets;
using Nabla.Data;

namespace Nabla.Cli.Tests;

public sealed class EnglishCorpusTests
{
    static readonly Lazy<Verse[]> All = new(() => [.. Verses.All()]);
    static readonly Lazy<Work[]> Works = new(EnglishCorpus.Works);

    static DataPart PartOf(string chapter) => EnglishCorpus.Split.PartOf(chapter);

    /// <summary>The numbers of every edition, less the seven verses that are left out.</summary>
    [Fact]
    public void The_Bible_has_66_books_1189_chapters_and_31102_verses()
    {
        Assert.Equal((66, 1189, 31_102 - 7),
            (All.Value.DistinctBy(verse => verse.Book).Count(), All.Value.DistinctBy(verse => verse.ChapterName).Count(),
            All.Value.Length));
        var byLength = All.Value.CountBy(verse => verse.ChapterName).OrderBy(chapter => chapter.Value).ToArray();
        Assert.Equal(("Psalms 117", 2), (byLength[0].Key, byLength[0].Value));
        Assert.Equal(("Psalms 119", 176), (byLength[^1].Key, byLength[^1].Value));
        Assert.Equal(150, All.Value.Where(verse => verse.Book == "Psalms").DistinctBy(verse => verse.Chapter).Count());
    }

    /// <summary>
    /// Verses whose places are well known, from the first to the last: one verse too many or too few before them would move them.
    /// </summary>
    [Theory]
    [InlineData("Genesis", 1, 1, "In the beginning God created the heaven and the earth.",
        "In the beginning, God created the heavens and the earth.")]
    [InlineData("Exodus", 20, 13, "Thou shalt not kill.", "“You shall not murder.")]
    [InlineData("Leviticus", 19, 18, "Thou shalt not avenge", "“ ‘You shall not take vengeance")]
    [InlineData("Deuteronomy", 6, 4, "Hear, O Israel: The LORD our God is one LORD:", "Hear, Israel: Yahweh is our God. Yahweh is one.")]
    [InlineData("1 Kings", 3, 25, "And the king said, Divide the living child in two", "The king said, “Divide the living child in two")]
    [InlineData("Psalms", 23, 1, "The LORD is my shepherd; I shall not want.", "Yahweh is my shepherd; I shall lack nothing.")]
    [InlineData("Psalms", 150, 6, "Let every thing that hath breath praise the LORD.", "Let everything that has breath praise Yah!")]
    [InlineData("Ecclesiastes", 3, 1, "To every thing there is a season", "For everything there is a season")]
    [InlineData("Isaiah", 40, 1, "Comfort ye, comfort ye my people", "“Comfort, comfort my people")]
    [InlineData("Malachi", 4, 6, "And he shall turn the heart of the fathers", "He will turn the hearts of the fathers")]
    [InlineData("Matthew", 1, 1, "The book of the generation of Jesus Christ", "The book of the genealogy of Jesus Christ")]
    [InlineData("John", 3, 16, "For God so loved the world", "For God so loved the world")]
    [InlineData("John", 11, 35, "Jesus wept.", "Jesus wept.")]
    [InlineData("Acts", 28, 31, "Preaching the kingdom of God", "preaching God’s Kingdom")]
    [InlineData("Romans", 16, 24, "The grace of our Lord Jesus Christ be with you all. Amen.",
        "The grace of our Lord Jesus Christ be with you all! Amen.")]
    [InlineData("1 Corinthians", 13, 13, "And now abideth faith, hope, charity", "But now faith, hope, and love remain")]
    [InlineData("Jude", 1, 25, "To the only wise God our Saviour", "to God our Savior")]
    public void A_verse_is_where_it_stands_in_the_book(string book, int chapter, int number, string kingJames, string worldEnglish)
    {
        var verse = Assert.Single(All.Value, verse => verse.Book == book && verse.Chapter == chapter && verse.Number == number);
        Assert.StartsWith(kingJames, verse.KingJames, StringComparison.Ordinal);
        Assert.StartsWith(Plain(worldEnglish), Plain(verse.WorldEnglish), StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_verse_ends_before_the_glossary()
    {
        Assert.Equal("The grace of the Lord Jesus Christ be with all the saints. Amen.", All.Value[^1].WorldEnglish);
        Assert.DoesNotContain(All.Value, verse =>
            verse.WorldEnglish.Length > 700 || verse.KingJames.Length is > 700 or < 5 || verse.WorldEnglish.Length < 5);
    }

    [Fact]
    public void Four_works_are_chapters_of_sentences()
    {
        Assert.Equal([135, 233, 1189, 1189], Works.Value.Select(work => work.Chapters.Count));
        var moby = Works.Value[0].Chapters;
        Assert.Equal(Enumerable.Range(1, 135).Select(number => $"Moby-Dick, chapter {number}"), moby.Select(chapter => chapter.Name));
        Assert.Equal(["CHAPTER 1.", "Loomings.", "Call me Ishmael."], moby[0].Sentences.Take(3));
        Assert.Equal("CHAPTER 32.", moby[31].Sentences[0]);
        Assert.Equal("State of the Union, 1790_george_washington_n", Works.Value[1].Chapters[0].Name);
        Assert.EndsWith("Thank you for your patience.",
            string.Join(' ', Works.Value[1].Chapters[^1].Sentences).Replace(" (Applause.)", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        Assert.All(Works.Value.SelectMany(work => work.Chapters), chapter => Assert.NotEmpty(chapter.Sentences));
    }

    [Fact]
    public void Nothing_of_the_texts_is_lost()
    {
        static string letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit));
        Assert.Equal(letters(Texts.MobyDick()), letters(string.Concat(Works.Value[0].Chapters.SelectMany(chapter => chapter.Sentences))));
        var addresses = Texts.Lines("state-of-the-union.txt.gz").Where(line => !line.StartsWith('#'));
        Assert.Equal(letters(string.Concat(addresses)),
            letters(string.Concat(Works.Value[1].Chapters.SelectMany(chapter => chapter.Sentences))));
    }

    [Fact]
    public void No_chapter_is_in_two_parts_whatever_its_translation()
    {
        var parts = Enum.GetValues<DataPart>().Select(part => EnglishCorpus.Documents(part).ToArray()).ToArray();
        Assert.Equal(Works.Value.Sum(work => work.Chapters.Count), parts.Sum(part => part.Length));
        Assert.Equal(parts.Sum(part => part.DistinctBy(document => document.Group).Count()),
            parts.SelectMany(part => part).DistinctBy(document => document.Group).Count());
        // By what they say, not by what they are called.
        var trained = parts[(int)DataPart.Train].SelectMany(document => document.Sentences).ToHashSet(StringComparer.Ordinal);
        foreach (var chapter in All.Value.GroupBy(verse => verse.ChapterName).Where(chapter => PartOf(chapter.Key) != DataPart.Train))
        {
            // Formulas such as "And the LORD spake unto Moses, saying," and parallel passages stand in several chapters.
            Assert.InRange(chapter.Count(verse =>
                trained.Contains(verse.KingJames) || trained.Contains(verse.WorldEnglish)) / (double)chapter.Count(), 0, 0.35);
        }
        Assert.All(parts[1..], part => Assert.InRange(part.Length / (double)parts.Sum(all => all.Length), 0.03, 0.07));
    }

    [Fact]
    public void Paraphrases_of_the_test_are_of_chapters_that_nothing_else_holds()
    {
        var (train, test) = (Paraphrases.Pairs(DataPart.Train).ToArray(), Paraphrases.Pairs(DataPart.Test).ToArray());
        Assert.Empty(train.Select(pair => pair.Chapter).Intersect(test.Select(pair => pair.Chapter)));
        var pretrained = EnglishCorpus.Documents(DataPart.Train).Select(document => document.Group).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(test, pair => pretrained.Contains(pair.Chapter));
        Assert.All(train, pair => Assert.Contains(pair.Chapter, pretrained));
    }

    [Fact]
    public void Paraphrases_are_one_to_one_and_word_overlap_does_not_decide_them()
    {
        var pairs = Enum.GetValues<DataPart>().SelectMany(part => Paraphrases.Pairs(part)).ToArray();
        Assert.Equal(All.Value.Length, pairs.Count(pair => pair.IsSame));
        Assert.InRange(pairs.Count(pair => !pair.IsSame) / (double)All.Value.Length, 0.995, 1);
        var chapters = All.Value.GroupBy(verse => verse.ChapterName).ToDictionary(chapter => chapter.Key, chapter => chapter.ToArray());
        Assert.All(pairs, pair =>
        {
            var first = Array.FindIndex(chapters[pair.Chapter], verse => verse.KingJames == pair.First);
            Assert.Contains(chapters[pair.Chapter], verse => verse.WorldEnglish == pair.Second);
            if (!pair.IsSame) Assert.NotEqual(chapters[pair.Chapter][first].WorldEnglish, pair.Second);
        });
        // The best threshold on the fraction of shared words.
        var ordered = pairs.Select(pair =>
            (Likeness: Paraphrases.Likeness(Paraphrases.WordsOf(pair.First), Paraphrases.WordsOf(pair.Second)), pair.IsSame))
            .OrderBy(pair => pair.Likeness).ToArray();
        var (correct, best) = (ordered.Count(pair => pair.IsSame), 0);
        foreach (var pair in ordered) best = Math.Max(best, correct += pair.IsSame ? -1 : 1);
        Assert.InRange(best / (double)pairs.Length, 0.94, 0.96);
    }

    static string Plain(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
}
