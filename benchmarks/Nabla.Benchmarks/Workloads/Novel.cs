using System.IO.Compression;
using Nabla.Text;

namespace Nabla.Benchmarks.Workloads;

/// <summary>Moby-Dick (Melville 1851) as ids of its 81 characters.</summary>
internal static class Novel
{
    public static int[] Ids()
    {
        using var packed = typeof(Novel).Assembly.GetManifestResourceStream("moby-dick.txt.gz")!;
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        var text = reader.ReadToEnd();
        return CharacterTokenizer.Train([text]).Ids(text);
    }

    /// <summary>Stretches from all over the novel, and the characters that follow.</summary>
    public static (float[] Ids, long[] Next)[] Batches(int size, int steps, int count)
    {
        var (ids, random) = (Ids(), new Random(1));
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int[] places = [.. Enumerable.Range(0, size).Select(_ => random.Next(ids.Length - steps)).SelectMany(start => Enumerable.Range(start, steps))];
            return (Array.ConvertAll(places, place => (float)ids[place]), Array.ConvertAll(places, place => (long)ids[place + 1]));
        })];
    }
}
