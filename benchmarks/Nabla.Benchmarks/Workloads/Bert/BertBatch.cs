using Nabla.Layers;
using Nabla.Models;
using Nabla.Text;
using static TorchSharp.torch;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Nabla.Benchmarks.Workloads;

/// <summary>Token ids of texts or pairs of texts, with special tokens.</summary>
/// <param name="Ids">One array a sequence.</param>
/// <param name="Seconds">Where the second segment begins in each, or its length.</param>
internal sealed record BertBatch(int[][] Ids, int[] Seconds)
{
    const int Cls = 101, Sep = 102, FirstWord = 1000;

    public int Longest => Ids.Max(ids => ids.Length);

    public bool IsPadded => Ids.Any(ids => ids.Length < Longest);

    /// <summary>Random words in two segments of equal length.</summary>
    public static BertBatch Random(int seed, int count, int time, int vocabulary)
    {
        var words = Values.Indices(seed, count * time, vocabulary - FirstWord);
        int Id(int row, int column) =>
            column == 0 ? Cls : column == time / 2 || column == time - 1 ? Sep : FirstWord + (int)words[(row * time) + column];
        return new(
            [.. Enumerable.Range(0, count).Select(row => Enumerable.Range(0, time).Select(column => Id(row, column)).ToArray())],
            [.. Enumerable.Repeat((time / 2) + 1, count)]);
    }

    /// <summary>Pairs of texts, cut to so many tokens.</summary>
    public static BertBatch Of(BertTokenizer tokenizer, IReadOnlyList<(string Text, string? Pair)> pairs, int longest)
    {
        var options = new EncodeOptions { Truncation = TruncationStrategy.LongestFirst, MaxLength = longest, Offsets = false };
        var encoded = tokenizer.EncodeBatch(pairs, options);
        var seconds = encoded.Select(pair => Array.IndexOf(pair.TypeIds, 1) is >= 0 and var second ? second : pair.Count);
        return new([.. encoded.Select(pair => pair.Ids)], [.. seconds]);
    }

    /// <summary>In their order, so many at a time.</summary>
    public IEnumerable<BertBatch> Chunks(int size) => Enumerable.Range(0, Ids.Length).Chunk(size).Select(Of);

    /// <summary>Sorted by length, so many at a time, so that little is padded: which ones, and the batch of them.</summary>
    public IEnumerable<(int[] Rows, BertBatch Batch)> Buckets(int size) =>
        Enumerable.Range(0, Ids.Length).OrderByDescending(row => Ids[row].Length).Chunk(size).Select(rows => (rows, Of(rows)));

    BertBatch Of(int[] rows) => new(Array.ConvertAll(rows, row => Ids[row]), Array.ConvertAll(rows, row => Seconds[row]));

    public BertInput Ours => new(
        Ragged.From(Ids), Tensor.From(Ids.SelectMany((ids, i) => ids.Select((_, time) => time < Seconds[i] ? 0L : 1L)).ToArray()));

    /// <summary>Padded to the longest; the mask Bool [batch, 1, 1, time] is null where all are as long.</summary>
    public (TorchTensor Ids, TorchTensor Types, TorchTensor? Mask) Theirs
    {
        get
        {
            var (ids, types, mask) = Padded;
            long[] shape = [Ids.Length, Longest];
            var seen = IsPadded ? tensor(mask, shape).to(ScalarType.Bool).view(Ids.Length, 1, 1, Longest) : null;
            return (tensor(ids, shape), tensor(types, shape), seen);
        }
    }

    /// <summary>[batch, longest], padded by 0; the mask is 1 where there is a token.</summary>
    public (long[] Ids, long[] Types, long[] Mask) Padded
    {
        get
        {
            var time = Longest;
            var (ids, types, mask) = (new long[Ids.Length * time], new long[Ids.Length * time], new long[Ids.Length * time]);
            for (var row = 0; row < Ids.Length; row++)
            {
                for (var column = 0; column < Ids[row].Length; column++)
                {
                    var cell = (row * time) + column;
                    (ids[cell], types[cell], mask[cell]) = (Ids[row][column], column < Seconds[row] ? 0 : 1, 1);
                }
            }
            return (ids, types, mask);
        }
    }
}
