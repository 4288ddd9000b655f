using System.IO.Compression;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.VectorData;

namespace SemanticSearch;

/// <summary>A chapter of Moby-Dick; its vector is generated from its opening. all-MiniLM-L6-v2 has 384 dimensions.</summary>
sealed class Chapter
{
    private const int Words = 80;

    [VectorStoreKey]
    public int Number { get; set; }

    [VectorStoreData]
    public string Title { get; set; } = "";

    [VectorStoreVector(384, DistanceFunction = DistanceFunction.CosineSimilarity)]
    public string Opening { get; set; } = "";

    /// <summary>The first words of the opening.</summary>
    public string OpeningWords(int count) => string.Join(' ', Opening.Split(' ').Take(count));

    /// <summary>The chapters of the book in the repository's folder of data.</summary>
    public static IEnumerable<Chapter> ReadAll([CallerFilePath] string here = "")
    {
        using var file = File.OpenRead(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "data", "moby-dick.txt.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var chapters = ("\n" + reader.ReadToEnd()).Split("\nCHAPTER ")[1..];
        return chapters.Select(chapter =>
        {
            // "1. Loomings.", an empty line, the text.
            var (head, text) = (chapter[..chapter.IndexOf('\n')], chapter[chapter.IndexOf('\n')..]);
            var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            return new Chapter
            {
                Number = int.Parse(head[..head.IndexOf('.')]),
                Title = head[(head.IndexOf('.') + 1)..].Trim(),
                Opening = string.Join(' ', words.Take(Words)),
            };
        });
    }
}
