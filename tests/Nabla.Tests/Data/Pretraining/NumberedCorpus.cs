using Nabla.Data;

namespace Nabla.Tests.Data.Pretraining;

/// <summary>
/// Documents in which every token is different, so that a token says where it comes from. A sentence is written as its ids, with a +
/// before one that continues a word.
/// </summary>
static class NumberedCorpus
{
    public const int Pad = 0, Cls = 1, Sep = 2, Mask = 3, FirstId = 4;

    public static PretrainingTokenizer Tokenizer(int vocabularySize = 1_000_000) => new(Encode, vocabularySize, Cls, Sep, Mask, Pad);

    /// <summary>Documents of so many sentences, each of a random number of tokens.</summary>
    public static Dataset<TextDocument> Documents(int documents, Func<Generator, int> sentences, Func<Generator, int> length,
        ulong seed = 1)
    {
        var (random, id) = (new Generator(seed), FirstId);
        return Dataset.From(Enumerable.Range(0, documents)
            .Select(d => new TextDocument($"document {d}",
            [.. Enumerable.Range(0, sentences(random)).Select(_ => Sentence(length(random)))])).ToArray());

        string Sentence(int tokens) =>
            string.Join(' ', Enumerable.Range(0, tokens).Select(i => $"{(i > 0 && random.NextInt(3) == 0 ? "+" : "")}{id++}"));
    }

    public static Dataset<TextDocument> Documents(int documents, ulong seed = 1) =>
        Documents(documents, random => 1 + random.NextInt(30), random => 1 + random.NextInt(20), seed);

    /// <summary>Which document, sentence and token each id stands for.</summary>
    public static Dictionary<int, (int Document, int Sentence)> Index(IReadOnlyList<TextDocument> documents)
    {
        var index = new Dictionary<int, (int, int)>();
        for (var d = 0; d < documents.Count; d++)
        for (var s = 0; s < documents[d].Sentences.Count; s++)
        foreach (var token in Encode(documents[d].Sentences[s])) index.Add(token.Id, (d, s));
        return index;
    }

    static PretrainingToken[] Encode(string sentence) =>
        [.. sentence.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(token => new PretrainingToken(int.Parse(token), token[0] == '+'))];

    /// <summary>The ids of a pair's segments, without special tokens.</summary>
    public static (int[] First, int[] Second) Segments(PretrainingExample pair)
    {
        var ids = pair.Tokens.Select(token => token.Id).ToArray();
        Assert.Equal((Cls, Sep, Sep), (ids[0], ids[pair.FirstLength - 1], ids[^1]));
        return (ids[1..(pair.FirstLength - 1)], ids[pair.FirstLength..^1]);
    }
}
