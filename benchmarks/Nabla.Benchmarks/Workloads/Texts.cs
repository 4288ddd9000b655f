using Nabla.Data;
using Nabla.Text;

namespace Nabla.Benchmarks.Workloads;

/// <summary>Texts as ids of their characters.</summary>
internal static class Texts
{
    /// <summary>Moby-Dick (Melville 1851): 81 different characters.</summary>
    public static int[] MobyDick() => Ids(Embedded.Read("moby-dick.txt.gz"));

    /// <summary>Its sentences in order, headings of chapters left out.</summary>
    public static string[] MobyDickSentences() =>
    [
        .. Embedded.Read("moby-dick.txt.gz").Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(paragraph => !paragraph.StartsWith("CHAPTER ", StringComparison.Ordinal)).SelectMany(SentenceSplitter.Split),
    ];

    /// <summary>Quatrains of the Tang, one a line: some thousands of different characters.</summary>
    public static int[] TangPoems() =>
        Ids(string.Concat(Embedded.Read("tang-poems.tsv.gz").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[2] + "\n")));   // title, poet, poem

    /// <summary>Stretches from all over Moby-Dick, and the characters that follow.</summary>
    public static (float[] Ids, long[] Next)[] Batches(int size, int steps, int count)
    {
        var (ids, random) = (MobyDick(), new Random(1));
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int[] places = [.. Enumerable.Range(0, size).Select(_ => random.Next(ids.Length - steps)).SelectMany(start => Enumerable.Range(start, steps))];
            return (Array.ConvertAll(places, place => (float)ids[place]), Array.ConvertAll(places, place => (long)ids[place + 1]));
        })];
    }

    static int[] Ids(string text) => CharacterTokenizer.Train([text]).Ids(text);
}
