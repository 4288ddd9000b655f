using Nabla.Text;

namespace Nabla.Tests.Text.Decoding;

public class SearchTests
{
    const int Start = 0, End = 1;

    /// <summary>Every sequence of at most so many tokens that ends, and ln p of it.</summary>
    static IEnumerable<(int[] Tokens, double Log)> All(int vocabulary, int longest, ulong seed, int sequence)
    {
        var open = new List<(int[] Tokens, double Log)> { ([], 0) };
        for (var length = 0; length <= longest; length++)
        {
            var next = new List<(int[] Tokens, double Log)>();
            foreach (var (tokens, log) in open)
            {
                var logits = Tensor.Normal([vocabulary], 0, 1, Generator.For(seed, $"{sequence}: {string.Join(' ', [Start, .. tokens])}")).ToArray<float>();
                var logs = HistoryModel.Logs(logits);
                yield return (tokens, log + logs[End]);
                next.AddRange(Enumerable.Range(0, vocabulary).Where(token => token != End).Select(token => ((int[])[.. tokens, token], log + logs[token])));
            }
            open = next;
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.6)]
    [InlineData(1.5)]
    public void A_beam_that_holds_everything_finds_the_best_of_all_sequences(double penalty)
    {
        const int vocabulary = 4, longest = 3, width = 256;
        for (var seed = 1UL; seed <= 5; seed++)
        {
            var found = new BeamSearch(Start, End, longest + 1, width) { LengthPenalty = penalty }.Run(HistoryModel.Random(2, vocabulary, seed));
            for (var sequence = 0; sequence < 2; sequence++)
            {
                var best = All(vocabulary, longest, seed, sequence).MaxBy(one => one.Log / Math.Pow((5.0 + one.Tokens.Length + 1) / 6, penalty));
                Assert.Equal(best.Tokens, found[sequence].Tokens);
                Assert.Equal(best.Log, found[sequence].LogProbability, 1e-5);
                Assert.Equal(best.Log / Math.Pow((6.0 + best.Tokens.Length) / 6, penalty), found[sequence].Score, 5);
                Assert.True(found[sequence].IsEnded);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.8)]
    public void A_beam_of_one_is_greedy_search(double penalty)
    {
        for (var seed = 1UL; seed <= 10; seed++)
        {
            var greedy = new GreedySearch(Start, End, 6).Run(HistoryModel.Random(3, 7, seed));
            var beam = new BeamSearch(Start, End, 6, 1) { LengthPenalty = penalty }.Run(HistoryModel.Random(3, 7, seed));
            Assert.Equal(greedy.Select(one => string.Join(' ', one.Tokens)), beam.Select(one => string.Join(' ', one.Tokens)));
            Assert.Equal(greedy.Select(one => one.IsEnded), beam.Select(one => one.IsEnded));
            Assert.All(greedy.Zip(beam), pair => Assert.Equal(pair.First.LogProbability, pair.Second.LogProbability, 1e-5));
        }
    }

    [Fact]
    public void A_wider_beam_finds_what_greed_passes_by()
    {
        // The likelier first step, 2, leads nowhere; 3 is followed by the end for certain.
        float[] Logits(int sequence, IReadOnlyList<int> history) => history[^1] switch
        {
            Start => [-30, -30, MathF.Log(0.6f), MathF.Log(0.4f)],
            2 => [MathF.Log(0.25f), MathF.Log(0.25f), MathF.Log(0.25f), MathF.Log(0.25f)],
            _ => [-30, 0, -30, -30],
        };
        Assert.Equal(2, new GreedySearch(Start, End, 5).Run(new HistoryModel(1, Logits))[0].Tokens[0]);
        var found = new BeamSearch(Start, End, 5, 2).RunAll(new HistoryModel(1, Logits))[0];
        Assert.Equal([3], found[0].Tokens);
        Assert.Equal(Math.Log(0.4), found[0].LogProbability, 1e-5);
    }

    [Fact]
    public void What_has_ended_is_computed_no_further()
    {
        // Sequence i ends after i tokens.
        var model = new HistoryModel(4, (sequence, history) => history.Count > sequence ? [-9, 9, -9] : [-9, -9, 9]);
        var written = new GreedySearch(Start, End, 10).Run(model);
        Assert.Equal([0, 1, 2, 3], written.Select(one => one.Tokens.Count));
        Assert.Equal(1 + 2 + 3 + 4, model.Asked);
    }

    [Fact]
    public void A_sequence_that_does_not_end_is_cut_off_and_says_so()
    {
        float[] Endless(int sequence, IReadOnlyList<int> history) => [-9, -9, 9, 0];
        foreach (var search in (SequenceSearch[])[new GreedySearch(Start, End, 3), new BeamSearch(Start, End, 3, 2), new Sampling(Start, End, 3, Seed: 1) { TopK = 1 }])
        {
            var written = search.Run(new HistoryModel(2, Endless));
            Assert.All(written, one => Assert.False(one.IsEnded));
            Assert.All(written, one => Assert.Equal([2, 2, 2], one.Tokens));
        }
    }

    [Fact]
    public void No_sequences_give_none()
    {
        foreach (var search in (SequenceSearch[])[new GreedySearch(Start, End, 3), new BeamSearch(Start, End, 3, 2), new Sampling(Start, End, 3, Seed: 1)])
            Assert.Empty(search.Run(HistoryModel.Random(0, 4, 1)));
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        static string Refused(Action action) => Assert.ThrowsAny<Exception>(action).Message;
        Assert.Contains("maximum length of at least 1", Refused(() => _ = new GreedySearch(0, 1, 0)), StringComparison.Ordinal);
        Assert.Contains("width of at least 1", Refused(() => _ = new BeamSearch(0, 1, 5, 0)), StringComparison.Ordinal);
        Assert.Contains("length penalty", Refused(() => _ = new BeamSearch(0, 1, 5, 2) { LengthPenalty = -1 }), StringComparison.Ordinal);
        Assert.Contains("temperature above 0", Refused(() => _ = new Sampling(0, 1, 5, 1) { Temperature = 0 }), StringComparison.Ordinal);
        Assert.Contains("top k", Refused(() => _ = new Sampling(0, 1, 5, 1) { TopK = 0 }), StringComparison.Ordinal);
        Assert.Contains("top p", Refused(() => _ = new Sampling(0, 1, 5, 1) { TopP = 0 }), StringComparison.Ordinal);
        Assert.Contains("end token 9", Refused(() => new GreedySearch(0, 9, 5).Run(HistoryModel.Random(1, 4, 1))), StringComparison.Ordinal);
        Assert.Contains("logits of row 1 are not numbers", Refused(() => new BeamSearch(0, 1, 5, 2).Run(new HistoryModel(2, (sequence, _) => sequence == 1 ? [0, float.NaN, 1] : [0, 1, 2]))), StringComparison.Ordinal);
    }
}
