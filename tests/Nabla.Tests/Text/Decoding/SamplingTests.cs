using Nabla.Text;

namespace Nabla.Tests.Text.Decoding;

public class SamplingTests
{
    static readonly float[] Logits = [0.3f, 1.2f, -0.5f, 2, 0.3f, -3];

    /// <summary>How often each token is drawn first, of so many sequences.</summary>
    static double[] Counts(Sampling sampling, int sequences)
    {
        var counts = new double[Logits.Length];
        foreach (var one in sampling.Run(new HistoryModel(sequences, (_, _) => Logits))) counts[one.IsEnded && one.Tokens.Count == 0 ? sampling.End : one.Tokens[0]]++;
        return counts;
    }

    static void AssertDrawnFrom(double[] probabilities, double[] counts)
    {
        var total = counts.Sum();
        Assert.All(probabilities.Zip(counts), pair => Assert.True(pair.First > 0 || pair.Second == 0));
        var chi = probabilities.Zip(counts).Where(pair => pair.First > 0).Sum(pair => Math.Pow(pair.Second - (pair.First * total), 2) / (pair.First * total));
        // Five degrees of freedom at the most: above 30 comes once in 70,000.
        Assert.True(chi < 30, $"χ² = {chi}: {string.Join(' ', counts)}");
    }

    static double[] Softmax(double temperature, params int[] among)
    {
        var weights = Logits.Select((logit, i) => among.Length == 0 || among.Contains(i) ? Math.Exp(logit / temperature) : 0).ToArray();
        return [.. weights.Select(weight => weight / weights.Sum())];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    [InlineData(2)]
    public void Tokens_come_as_often_as_their_probability_says(double temperature) =>
        AssertDrawnFrom(Softmax(temperature), Counts(new Sampling(0, 1, 1, Seed: 3) { Temperature = temperature }, 10_000));

    [Fact]
    public void The_top_k_share_all_of_the_probability()
    {
        AssertDrawnFrom(Softmax(1, 3, 1, 0), Counts(new Sampling(0, 1, 1, Seed: 4) { TopK = 3 }, 10_000));
        AssertDrawnFrom(Softmax(1), Counts(new Sampling(0, 1, 1, Seed: 4) { TopK = 100 }, 10_000));
    }

    [Fact]
    public void The_nucleus_is_the_fewest_tokens_that_hold_the_share()
    {
        // 0.525, 0.236, twice 0.096, 0.043, 0.004: two hold 0.76, three hold 0.86.
        AssertDrawnFrom(Softmax(1, 3, 1), Counts(new Sampling(0, 1, 1, Seed: 5) { TopP = 0.7 }, 10_000));
        AssertDrawnFrom(Softmax(1, 3, 1, 0), Counts(new Sampling(0, 1, 1, Seed: 5) { TopP = 0.8 }, 10_000));
        AssertDrawnFrom(Softmax(1, 3), Counts(new Sampling(0, 1, 1, Seed: 5) { TopP = 1e-9 }, 1000));
        AssertDrawnFrom(Softmax(1, 3, 1), Counts(new Sampling(0, 1, 1, Seed: 5) { TopK = 3, TopP = 0.8 }, 10_000));
    }

    [Fact]
    public void A_seed_gives_the_same_sequences_whatever_stands_beside_them()
    {
        IReadOnlyList<WrittenSequence> Drawn(int rows, ulong seed) => new Sampling(0, 1, 8, seed).Run(new HistoryModel(rows, (_, _) => Logits));
        var (few, many) = (Drawn(3, 7), Drawn(9, 7));
        for (var i = 0; i < 3; i++) Assert.Equal(few[i].Tokens, many[i].Tokens);
        Assert.NotEqual(many.Select(one => string.Join(' ', one.Tokens)), Drawn(9, 8).Select(one => string.Join(' ', one.Tokens)));
        Assert.True(many.Select(one => string.Join(' ', one.Tokens)).Distinct().Count() > 4);
    }

    [Fact]
    public void The_probability_of_what_was_drawn_is_the_models_own()
    {
        var written = new Sampling(0, 1, 4, Seed: 2) { Temperature = 2, TopK = 4 }.Run(new HistoryModel(5, (_, _) => Logits));
        var logs = HistoryModel.Logs(Logits);
        foreach (var one in written) Assert.Equal(one.Tokens.Sum(token => logs[token]) + (one.IsEnded ? logs[1] : 0), one.LogProbability, 1e-4);
    }
}
