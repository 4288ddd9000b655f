using CsCheck;
using Nabla.Data;

namespace Nabla.Tests.Data.Pretraining;

public sealed class SentenceSplitterTests
{
    /// <summary>A | stands where a sentence ends.</summary>
    [Theory]
    [InlineData("Call me Ishmael.| Some years ago—never mind how long precisely—I thought I would sail.")]
    [InlineData("Who ain't a slave?| Tell me that!| Well, then...| However the old sea-captains may order me about.")]
    [InlineData("Mr. Starbuck met Dr. Bunger and St. Jerome.| Capt. Peleg, too.")]
    [InlineData("J. F. Kennedy spoke in the U.S. Senate.| So did L. B. Johnson.")]
    [InlineData("What am I?| It is I.| He knew.")]
    [InlineData("It grew by 3.5% to $1.2 billion.| See No. 5 and Fig. 2.")]
    [InlineData("\"Avast!\" roared Ahab, \"heave to!\"| \"Aye, sir.\"| They did.")]
    [InlineData("He said (as they do.)| Then he left.| [Applause.]| Thank you.")]
    [InlineData("“Let there be light,” and there was light.| ‘Good.’| God saw it.")]
    [InlineData("e.g. this one, i.e. the same. not a start.| Etc.| More.")]
    [InlineData("床前明月光，|疑是地上霜。|举头望明月！|低头思故乡？|“好。”|他说「是！」|完", true)]
    [InlineData("No end mark at all")]
    [InlineData("Version 2.0.1 of www.example.com is out.| 42 is next.")]
    [InlineData("First…| Second.…| Third!?| Fourth")]
    public void Sentences_end_where_a_reader_would_say(string marked, bool isVerse = false)
    {
        // A comma ends no sentence.
        if (isVerse) marked = marked.Replace("，|", "，", StringComparison.Ordinal);
        Assert.Equal(marked.Split('|').Select(sentence => sentence.Trim()),
            SentenceSplitter.Split(marked.Replace("|", "", StringComparison.Ordinal)));
    }

    [Theory, InlineData(""), InlineData("  \n\t")]
    public void A_text_of_white_space_has_no_sentence(string text) => Assert.Empty(SentenceSplitter.Split(text));

    [Fact]
    public void Nothing_of_a_text_is_lost() =>
        Gen.Int[0, 11].Select(i => new[] { "a", "B", " ", ".", "!", "。", "”", "Mr", "3", "\n", "你", "…" }[i]).Array[0, 40]
            .Select(string.Concat).Sample(text =>
        {
            var sentences = SentenceSplitter.Split(text).ToArray();
            Assert.Equal(Letters(text), Letters(string.Concat(sentences)));
            Assert.All(sentences, sentence => Assert.Equal(sentence.Trim(), sentence));
            Assert.DoesNotContain("", sentences);
        });

    static string Letters(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
}
