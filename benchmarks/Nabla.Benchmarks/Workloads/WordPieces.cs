using System.Buffers;
using Nabla.Text;
using FastTokenizer = FastBertTokenizer.BertTokenizer;
using HuggingFaceTokenizer = Tokenizers.DotNet.Tokenizer;

namespace Nabla.Benchmarks.Workloads;

/// <summary>
/// Real texts as the ids of BERT's word pieces, line by line, without special tokens, in one thread whatever --threads says. The vocabularies are not in the repository: --vocabularies names the folder.
/// </summary>
internal static class WordPieces
{
    const int MostIds = 1 << 16;

    /// <summary>The folder of the vocabularies; processes that this one starts have it too.</summary>
    public static string? Folder
    {
        get => Environment.GetEnvironmentVariable("NABLA_BENCHMARK_VOCABULARIES");
        set => Environment.SetEnvironmentVariable("NABLA_BENCHMARK_VOCABULARIES", value);
    }

    public static IReadOnlyList<Workload> All { get; } =
    [
        Row("wordpiece-en", "Moby-Dick, 1.2 MB, BERT's English vocabulary in lower case", "google_uncased_en_vocab.txt", () => Lines("moby-dick.txt.gz")),
        // FastBertTokenizer leaves out ideographs beyond the Basic Multilingual Plane.
        Row("wordpiece-zh", "quatrains of the Tang, 0.4 MB, BERT's Chinese vocabulary", "google_zh_vocab.txt", () => [.. Lines("tang-poems.tsv.gz").Where(line => !line.Any(char.IsSurrogate))]),
    ];

    static Workload Row(string name, string work, string vocabulary, Func<string[]> lines) => new(name, work, () => Ours(Vocabulary(vocabulary), lines()), new Dictionary<string, Peer>
    {
        [Engines.FastBertTokenizer] = new(() => Fast(Vocabulary(vocabulary), lines()), new(1.3)),
        [Engines.HuggingFace] = new(() => HuggingFace(Vocabulary(vocabulary), lines()), new(10)),
    })
    {
        Tolerance = 0,
        Missing = () => Folder is null ? "its vocabulary is not in the repository; name the folder that has it with --vocabularies"
            : File.Exists(Vocabulary(vocabulary)) ? null : $"there is no {Vocabulary(vocabulary)}",
    };

    static string Vocabulary(string name) => Path.Combine(Folder ?? "", name);

    static string[] Lines(string name) => Embedded.Read(name).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    static Side Ours(string vocabulary, string[] lines)
    {
        var (tokenizer, ids) = (BertTokenizer.Load(vocabulary), new ArrayBufferWriter<int>(MostIds));
        return new(
            () =>
            {
                ids.ResetWrittenCount();
                foreach (var line in lines)
                    tokenizer.EncodeIds(line, ids);
            },
            () => Outputs(lines, tokenizer.Ids));
    }

    static Side Fast(string vocabulary, string[] lines)
    {
        var tokenizer = new FastTokenizer();
        using (var reader = new StreamReader(vocabulary))
            tokenizer.LoadVocabulary(reader, convertInputToLowercase: true);
        var (ids, mask, types) = (new long[MostIds], new long[MostIds], new long[MostIds]);
        int Encode(string line) => tokenizer.Encode(line, ids, mask, types);
        return new(
            () =>
            {
                foreach (var line in lines)
                    Encode(line);
            },
            () => Outputs(lines, line => Inner(Array.ConvertAll(ids[..Encode(line)], id => (int)id))));
    }

    static Side HuggingFace(string vocabulary, string[] lines)
    {
        var folder = Directory.CreateTempSubdirectory("nabla-benchmark-");
        try
        {
            BertTokenizer.Load(vocabulary).Save(folder.FullName);
            var tokenizer = new HuggingFaceTokenizer(Path.Combine(folder.FullName, TokenizerFile.Name));
            return new(
                () =>
                {
                    foreach (var line in lines)
                        tokenizer.Encode(line);
                },
                () => Outputs(lines, line => Inner(Array.ConvertAll(tokenizer.Encode(line), id => (int)id))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Without [CLS] and [SEP], which the peers add.</summary>
    static int[] Inner(int[] ids) => ids[1..^1];

    static float[][] Outputs(string[] lines, Func<string, int[]> ids) => [[.. lines.SelectMany(ids).Select(id => (float)id)]];
}
