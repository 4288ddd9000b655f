using System.IO.Compression;

namespace Nabla.Cli.Datasets;

/// <summary>The texts that travel inside the program.</summary>
static class Texts
{
    /// <summary>Herman Melville, Moby-Dick; or, The Whale, 1851: 1,189,653 characters.</summary>
    public static string MobyDick() => Read("moby-dick.txt.gz");

    /// <summary>Quatrains of the Tang: four lines of five characters.</summary>
    public static IReadOnlyList<Poem> TangPoems() =>
        [.. Read("tang-poems.tsv.gz").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Select(columns => new Poem(columns[0], columns[1], columns[2]))];

    /// <summary>The lines of the CMU pronouncing dictionary: a spelling and its phonemes.</summary>
    public static IEnumerable<string> Pronunciations() => Read("cmudict.txt.gz").Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith(";;;", StringComparison.Ordinal));

    /// <summary>The lines of a text that are not empty.</summary>
    public static IEnumerable<string> Lines(string name) => Read(name).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    static string Read(string name)
    {
        using var reader = new StreamReader(new GZipStream(Embedded.Open(name), CompressionMode.Decompress));
        return reader.ReadToEnd();
    }
}

/// <summary>A poem.</summary>
sealed record Poem(string Title, string Author, string Text);
