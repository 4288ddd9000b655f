using System.IO.Compression;
using Nabla.Text;

namespace Nabla.Benchmarks.Workloads;

/// <summary>Quatrains of the Tang, one a line, as ids of their characters, some thousands.</summary>
internal static class Quatrains
{
    public static int[] Ids()
    {
        using var packed = typeof(Quatrains).Assembly.GetManifestResourceStream("tang-poems.tsv.gz")!;
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        // Title, poet, poem.
        var text = string.Concat(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')[2] + "\n"));
        return CharacterTokenizer.Train([text]).Ids(text);
    }
}
