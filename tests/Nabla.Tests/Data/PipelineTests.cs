using System.Text.Json.Nodes;
using CsCheck;
using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class PipelineTests
{
    [Fact]
    public void Going_on_from_any_position_of_any_composition_gives_what_was_left() =>
        Gen.Select(Compositions.All, Gen.Int[0, 3]).Sample((composition, epoch) =>
        {
            var whole = composition.Pipeline.Epoch(epoch);
            using var cursor = composition.Pipeline.Open(epoch);
            for (var at = 0; at <= whole.Count; at++)
            {
                // Through text, as in a checkpoint.
                var state = JsonNode.Parse(cursor.State.ToJsonString())!;
                using var again = composition.Pipeline.Open(state);
                Assert.Equal(whole[at..], again.Rest());
                Assert.Equal(at < whole.Count, cursor.MoveNext());
            }
        }, iter: 60);

    [Fact]
    public void Any_composition_has_as_many_items_as_it_says() =>
        Compositions.All.Sample(composition =>
        {
            if (composition.Pipeline.Count is { } count) Assert.Equal(count, composition.Pipeline.Epoch(0).Count);
        }, iter: 60);

    [Fact]
    public void An_epoch_is_the_same_whenever_it_is_run() =>
        Gen.Select(Compositions.All, Gen.Int[0, 3]).Sample((composition, epoch) =>
            Assert.Equal(composition.Pipeline.Epoch(epoch), composition.Pipeline.Epoch(epoch)), iter: 50);

    [Fact]
    public void Prefetching_on_any_number_of_threads_changes_nothing() =>
        Gen.Select(Compositions.All, Gen.Int[1, 4], Gen.Int[1, 6], Gen.Int[0, 2]).Sample((composition, threads, count, epoch) =>
            Assert.Equal(composition.Pipeline.Epoch(epoch), composition.Pipeline.Prefetch(count, threads).Epoch(epoch)), iter: 50);
}
