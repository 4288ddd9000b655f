using Nabla.Models;
using Nabla.Text;

namespace Nabla.Cli.Tests.Tasks;

/// <summary>A BERT of random weights that is small enough to be trained in a test, in Hugging Face's layout.</summary>
static class TinyBert
{
    static readonly string[] Special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    /// <summary>Words that sentences of the tests are made of.</summary>
    public static string[] Foods { get; } = ["bread", "soup", "cheese", "rice", "apples"];

    public static string[] Tools { get; } = ["hammer", "saw", "drill", "pliers", "chisel"];

    public static string[] Filler { get; } = ["today", "we", "bought", "some", "the", "a", "very", "good", "old"];

    static string[] Vocabulary => [.. Special, .. Foods, .. Tools, .. Filler, "what", "did", "buy", "?", ".", "##s",
        .. Enumerable.Range(0, 10).Select(i => $"{i}"), .. Enumerable.Range(0, 10).Select(i => $"##{i}")];

    public static void Save(string folder, int layers = 1, int positions = 40)
    {
        var configuration = new BertConfiguration
        {
            VocabularySize = Vocabulary.Length, HiddenSize = 24, HiddenLayers = layers, AttentionHeads = 2, IntermediateSize = 32,
            MaxPositions = positions, InitializerRange = 0.1,
        };
        BertCheckpoint.Save(new BertForMaskedLM(configuration).Initialize(5), folder);
        new BertTokenizer(Vocabulary).Save(folder);
    }
}
