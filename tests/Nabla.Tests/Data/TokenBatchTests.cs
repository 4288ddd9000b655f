using CsCheck;
using Nabla.Data;
using Nabla.Layers;

namespace Nabla.Tests.Data;

/// <summary>That any position of a composition with these steps is gone on from exactly is what <see cref="PipelineTests"/> says.</summary>
public sealed class TokenBatchTests
{
    [Fact]
    public void Batches_hold_every_item_in_order_and_none_could_hold_the_next() => Gen.Int[0, 9].List[0, 60].Sample(lengths =>
    {
        var batches = Dataset.From(lengths).BatchByTokens(12, length => length, items => items.ToArray()).ToList();
        Assert.Equal(lengths, batches.SelectMany(batch => batch));
        Assert.All(batches, batch => Assert.True(batch.Length > 0 && batch.Sum() <= 12));
        Assert.All(batches.Zip(batches.Skip(1)), pair => Assert.True(pair.First.Sum() + pair.Second[0] > 12));
    });

    [Fact]
    public void Windows_are_sorted_and_equal_lengths_keep_their_order()
    {
        var words = Dataset.From(["ccc", "a", "bb", "dd", "e", "ffff", "g"]);
        Assert.Equal(["a", "bb", "ccc", "e", "dd", "ffff", "g"], words.SortByLength(word => word.Length, buffer: 3));
    }

    [Fact]
    public void An_item_that_is_too_long_is_an_error_in_its_place_and_the_rest_follows()
    {
        using var cursor = Dataset.From([3, 2, 9, 4]).BatchByTokens(5, length => length, items => string.Join(' ', items)).Open();
        Assert.True(cursor.MoveNext());
        Assert.Equal("3 2", cursor.Current);
        Assert.Contains("an item of 9 tokens does not fit into a batch of at most 5", Assert.Throws<ArgumentException>(() => cursor.MoveNext()).Message, StringComparison.Ordinal);
        Assert.True(cursor.MoveNext());
        Assert.Equal("4", cursor.Current);
        Assert.False(cursor.MoveNext());
    }

    [Fact]
    public void An_item_that_cannot_be_made_is_an_error_in_its_place()
    {
        var items = Dataset.From(6, i => i == 3 ? throw new InvalidDataException("item 3") : (int)i).SortByLength(i => i, buffer: 6);
        using var cursor = items.Open();
        Assert.True(cursor.MoveNext());
        Assert.Throws<InvalidDataException>(() => cursor.MoveNext());
        Assert.Equal([1, 2, 4, 5], cursor.Rest());
        Assert.Throws<ArgumentException>(() => Dataset.From([1]).BatchByTokens(5, _ => -1, batch => batch.Count).First());
        Assert.Throws<ArgumentOutOfRangeException>(() => Dataset.From([1]).BatchByTokens(0, _ => 1, batch => batch.Count));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dataset.From([1]).SortByLength(_ => 1, 0));
    }

    [Fact]
    public void Lists_of_ids_become_a_ragged_batch()
    {
        var batch = Dataset.From<int[]>([[4, 2], [7], [1, 1, 3]]).BatchByTokens(3, ids => ids.Length, Ragged.From).ToList();
        Assert.Equal([2, 1], batch.Select(ragged => ragged.Count));
        Assert.Equal([4L, 2, 7], batch[0].Values.ToArray<long>());
        Assert.Equal([0, 2, 3], batch[0].Offsets);
        Assert.Contains("sequence 1 has 0 elements", Assert.Throws<ArgumentException>(() => Ragged.From([[1], []])).Message, StringComparison.Ordinal);
    }
}
