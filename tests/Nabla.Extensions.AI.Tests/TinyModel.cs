using Nabla.Models;
using Nabla.Text;

namespace Nabla.Extensions.AI.Tests;

/// <summary>Models of random weights, made in no time.</summary>
static class TinyModel
{
    public const int Dimensions = 12;

    static readonly string[] Vocabulary =
        ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "man", "woman", "eats", "rides", "horse", "##s", "bread", ".", ","];

    public static readonly string[] Texts =
        ["a man eats bread.", "", "horses", "a woman rides a horse", "man", "unheard of", "a man, a woman, bread, a horse", "bread, bread"];

    public static SentenceEmbedder Create(double dropout = 0) => new SentenceEmbedder(
        new BertTokenizer(Vocabulary),
        new Bert(new()
        {
            VocabularySize = Vocabulary.Length, HiddenSize = Dimensions, HiddenLayers = 2, AttentionHeads = 3, IntermediateSize = 24,
            MaxPositions = 8, InitializerRange = 0.4, HiddenDropout = dropout, AttentionDropout = dropout,
        }),
        new() { Normalizes = true }).Initialize(seed: 1);

    /// <summary>Random sentences of the vocabulary's words.</summary>
    public static string[] Sentences(int count)
    {
        var random = new Random(7);
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', random.GetItems(Vocabulary.AsSpan(5), random.Next(1, 6))))];
    }

    public static float[][] Vectors(SentenceEmbedder model, string[] texts) => 
        [.. model.Embed(texts).ToArray<float>().Chunk(model.Dimensions)];
}
