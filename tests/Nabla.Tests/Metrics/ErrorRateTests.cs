using CsCheck;
using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

public sealed class ErrorRateTests
{
    static readonly Gen<int[]> Sequences = Gen.Int[0, 3].Array[0, 7];

    /// <summary>By trying every way.</summary>
    static int Shortest(ReadOnlySpan<int> a, ReadOnlySpan<int> b)
    {
        if (a.IsEmpty || b.IsEmpty) return a.Length + b.Length;
        var together = Shortest(a[1..], b[1..]) + (a[0] == b[0] ? 0 : 1);
        return Math.Min(together, 1 + Math.Min(Shortest(a[1..], b), Shortest(a, b[1..])));
    }

    [Fact]
    public void The_distance_is_the_shortest_of_all_ways() => Gen.Select(Sequences, Sequences).Sample((a, b) =>
    {
        var edits = EditDistance.Of(a, b);
        Assert.Equal(Shortest(a, b), edits.Distance);
        Assert.Equal(a.Length, edits.Matches + edits.Substitutions + edits.Deletions);
        Assert.Equal(b.Length, edits.Matches + edits.Substitutions + edits.Insertions);
        var back = EditDistance.Of(b, a);
        Assert.Equal((edits.Distance, edits.Insertions, edits.Deletions), (back.Distance, back.Deletions, back.Insertions));
    }, iter: 300);

    [Fact]
    public void A_way_round_is_never_shorter() => Gen.Select(Sequences, Sequences, Sequences).Sample((a, b, c) =>
        Assert.True(EditDistance.Of(a, c).Distance <= EditDistance.Of(a, b).Distance + EditDistance.Of(b, c).Distance));

    [Theory]
    [InlineData("kitten", "sitting", 2, 1, 0)]
    [InlineData("intention", "execution", 5, 0, 0)]
    [InlineData("", "abc", 0, 3, 0)]
    [InlineData("abc", "", 0, 0, 3)]
    public void Changes_are_told_apart(string reference, string hypothesis, int substitutions, int insertions, int deletions)
    {
        var edits = EditDistance.Of(reference.ToCharArray(), hypothesis.ToCharArray());
        Assert.Equal((substitutions, insertions, deletions), (edits.Substitutions, edits.Insertions, edits.Deletions));
    }

    [Fact]
    public void A_comparer_says_what_is_the_same() => Assert.Equal(0, EditDistance.Of(["A", "b"], ["a", "B"], StringComparer.OrdinalIgnoreCase).Distance);

    [Fact]
    public void The_nearest_of_several_references_counts()
    {
        var rate = new ErrorRate();
        rate.Update("r ee d".Split(' '), "r e d".Split(' '), "r ii d".Split(' '), "r ee d".Split(' '));
        Assert.Equal((0, 0), (rate.Value, rate.SequenceValue));
        // One change from each of the two; the longer has the lower rate.
        rate.Update("a b c".Split(' '), "a b".Split(' '), "a b c d".Split(' '));
        Assert.Equal((1, 0, 7), (rate.Deletions, rate.Insertions, rate.Symbols));
        Assert.Equal(1.0 / 7, rate.Value, 12);
        Assert.Equal(0.5, rate.SequenceValue);
        var twice = new ErrorRate();
        twice.Merge(rate);
        twice.Merge(rate);
        Assert.Equal((rate.Value, 14, 4), (twice.Value, twice.Symbols, twice.Sequences));
        twice.Reset();
        Assert.Equal(0, twice.Value);
        Assert.Contains("no reference", Assert.Throws<ArgumentException>(() => twice.Update<int>([1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_thinks_all_symbols_alike_is_as_perplexed_as_there_are_symbols()
    {
        var perplexity = new Perplexity();
        for (var batch = 1; batch <= 10; batch++) perplexity.Update(batch * Math.Log(64), batch, 3 * batch);
        Assert.Equal(64, perplexity.Value, 9);
        Assert.Equal(6, perplexity.BitsPerToken, 12);
        Assert.Equal(2, perplexity.BitsPerCharacter, 12);
        var merged = new Perplexity(Undefined.NaN);
        Assert.True(double.IsNaN(merged.Value) && double.IsNaN(merged.BitsPerCharacter));
        merged.Merge(perplexity);
        Assert.Equal(64, merged.Value, 9);
        merged.Reset();
        Assert.Equal(0, merged.Tokens);
        Assert.Contains("NaN", Assert.Throws<ArgumentOutOfRangeException>(() => merged.Update(double.NaN, 1)).Message, StringComparison.Ordinal);
    }
}
