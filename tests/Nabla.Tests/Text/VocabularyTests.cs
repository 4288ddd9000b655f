using Nabla.Text;

namespace Nabla.Tests.Text;

public sealed class VocabularyTests
{
    [Fact]
    public void Frequent_symbols_come_first_and_equally_frequent_ones_in_the_order_of_their_code()
    {
        var vocabulary = Vocabulary.CountedFrom(["b", "a", "c", "c", "ä", "b", "b", "a"]);
        Assert.Equal(["b", "a", "c", "ä"], vocabulary.Symbols);
        Assert.Equal(2, vocabulary["c"]);
        Assert.Equal("ä", vocabulary[3]);
    }

    [Fact]
    public void Special_symbols_come_first_and_count_within_the_maximum()
    {
        var vocabulary = Vocabulary.CountedFrom(["x", "x", "y", "<unk>", "<unk>", "<unk>", "z"], minimumCount: 1, maximumSize: 6, SpecialSymbols.All);
        Assert.Equal(["<pad>", "<unk>", "<s>", "</s>", "x", "y"], vocabulary.Symbols);
        Assert.Equal((0, 1, 2, 3), (vocabulary.PaddingId, vocabulary.UnknownId, vocabulary.StartId, vocabulary.EndId));
        Assert.Equal(1, vocabulary["never seen"]);
        Assert.False(vocabulary.TryGetId("never seen", out _));
    }

    [Fact]
    public void Rare_symbols_are_left_out() => Assert.Equal(["a"], Vocabulary.CountedFrom(["a", "b", "a"], minimumCount: 2).Symbols);

    [Fact]
    public void What_does_not_fit_is_named()
    {
        var plain = new Vocabulary(["a", "b"]);
        Assert.Contains("\"q\" is none of the 2 symbols", Assert.Throws<KeyNotFoundException>(() => plain["q"]).Message, StringComparison.Ordinal);
        Assert.Contains("0 … 1", Assert.Throws<ArgumentOutOfRangeException>(() => plain[2]).Message, StringComparison.Ordinal);
        Assert.Contains("\"a\" comes twice, as symbol 0 and 1", Assert.Throws<ArgumentException>(() => new Vocabulary(["a", "a"])).Message, StringComparison.Ordinal);
        Assert.Contains("\"<unk>\" is none", Assert.Throws<ArgumentException>(() => new Vocabulary(["a"], SpecialSymbols.All with { Padding = null })).Message, StringComparison.Ordinal);
        Assert.Contains("no room for the 4", Assert.Throws<ArgumentException>(() => Vocabulary.CountedFrom(["a"], maximumSize: 3, special: SpecialSymbols.All)).Message, StringComparison.Ordinal);
    }
}
