using Nabla.Text;

namespace Nabla.Tests.Text.Decoding;

/// <summary>A model that says what follows as a function of all that came beforeand of the sequence's number.</summary>
sealed class HistoryModel(int rows, Func<int, IReadOnlyList<int>, float[]> logits) : ISequenceModel
{
    (int Sequence, int[] History)[] live = [.. Enumerable.Range(0, rows).Select(i => (i, Array.Empty<int>()))];

    public int Rows => live.Length;

    /// <summary>Rows that were asked for what follows, in all steps together.</summary>
    public int Asked { get; private set; }

    public Tensor Next(IReadOnlyList<int> tokens)
    {
        Assert.Equal(Rows, tokens.Count);
        Asked += Rows;
        live = [.. live.Zip(tokens, (row, token) => (row.Sequence, (int[])[.. row.History, token]))];
        var all = live.Select(row => logits(row.Sequence, row.History)).ToArray();
        return Tensor.From([.. all.SelectMany(row => row)], [all.Length, all[0].Length]);
    }

    public void Select(IReadOnlyList<int> chosen) => live = [.. chosen.Select(row => live[row])];

    /// <summary>Logits drawn by a seed, the sequence and its history.</summary>
    public static HistoryModel Random(int rows, int vocabulary, ulong seed, double spread = 1) => new(rows, (sequence, history) =>
        Tensor.Normal([vocabulary], 0, spread, Generator.For(seed, $"{sequence}: {string.Join(' ', history)}")).ToArray<float>());

    /// <summary>ln softmax.</summary>
    public static double[] Logs(float[] logits)
    {
        var sum = Math.Log(logits.Sum(logit => Math.Exp(logit)));
        return [.. logits.Select(logit => logit - sum)];
    }
}
