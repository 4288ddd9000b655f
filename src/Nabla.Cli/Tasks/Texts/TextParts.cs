using Nabla.Cli.Datasets;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Text;

namespace Nabla.Cli.Tasks.Texts;

/// <summary>Texts as a model takes them.</summary>
/// <param name="Tokens">Their tokens' numbers.</param>
/// <param name="Labels">The number of each one's class: Int64 [batch].</param>
sealed record TextBatch(Ragged Tokens, Tensor Labels);

/// <summary>The parts of the data as batches of tokens.</summary>
static class TextParts
{
    /// <summary>Among how many texts those of like length are sought, and among how many batches they are mixed again.</summary>
    const int Window = 1000, MixedBatches = 100;

    const int EvaluationTokens = 1 << 15;

    /// <summary>The unknown word's number: <see cref="SpecialSymbols.All"/> come first.</summary>
    const int UnknownId = 1;

    /// <summary>The parts that the files give, else each class with its fraction; texts of the same words come into the same
    /// part.</summary>
    public static ExampleParts<LabelledText> Of(TextSource source, double validation, double test, ulong seed) =>
        ExampleParts.Of(new GivenParts<LabelledText>([.. source.Texts], source.Validation?.ToArray(), source.Test?.ToArray()),
            text => text.Text, text => text.Label, validation, test, seed, "texts");

    /// <summary>Shuffled, in batches of about as many tokens of texts of about the same length.</summary>
    public static Pipeline<TextBatch> Training(Dataset<LabelledText> part, ITokenizer tokenizer, TextSettings settings) =>
        Batches(Encoded(part, tokenizer, settings.Tokens), settings, Collate).Prefetch(4);

    /// <summary>How many batches the epochs have.</summary>
    public static long Steps(Dataset<LabelledText> part, ITokenizer tokenizer, TextSettings settings)
    {
        var batches = Batches(Encoded(part, tokenizer, settings.Tokens), settings, items => items.Count);
        var steps = 0L;
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            using var cursor = batches.Open(epoch);
            while (cursor.MoveNext()) steps++;
        }
        return steps;
    }

    /// <summary>As they are.</summary>
    public static Pipeline<TextBatch> Evaluation(Dataset<LabelledText> part, ITokenizer tokenizer, TextSettings settings) =>
        Encoded(part, tokenizer, settings.Tokens).BatchByTokens(Math.Max(EvaluationTokens, settings.Tokens + 1), text => text.Ids.Length,
            Collate);

    /// <summary>
    /// The tokens that are read, behind the symbol for the start, so that even an empty text has one. Of a long text those are the first
    /// and the last, as many each (Sun et al. 2019, "How to Fine-Tune BERT for Text Classification?", head + tail).
    /// </summary>
    public static int[] Ids(ITokenizer tokenizer, string text, int tokens)
    {
        var (start, ids) = (((WordTokenizer)tokenizer).Vocabulary.StartId!.Value, tokenizer.Ids(text));
        return ids.Length <= tokens ? [start, .. ids] : [start, .. ids[..((tokens + 1) / 2)], .. ids[^(tokens / 2)..]];
    }

    static Pipeline<T> Batches<T>(Dataset<EncodedText> texts, TextSettings settings, Func<IReadOnlyList<EncodedText>, T> collate) =>
        texts.Shuffle(settings.Seed)
            .Map((text, random) => text with { Ids = Blanked(text.Ids, random, settings.WordDropout) }, settings.Seed)
            .SortByLength(text => text.Ids.Length, Window).BatchByTokens(settings.Batch, text => text.Ids.Length, collate)
            .Shuffle(settings.Seed, MixedBatches);

    static Dataset<EncodedText> Encoded(Dataset<LabelledText> part, ITokenizer tokenizer, int tokens) =>
        Dataset.From(part.AsParallel().AsOrdered().Select(text => new EncodedText(Ids(tokenizer, text.Text, tokens), text.Label))
            .ToArray());

    static TextBatch Collate(IReadOnlyList<EncodedText> texts) =>
        new(Ragged.From([.. texts.Select(text => text.Ids)]), Tensor.From(texts.Select(text => (long)text.Label).ToArray()));

    /// <summary>The tokens with a share of them, but not the first, taken for unknown words.</summary>
    static int[] Blanked(int[] ids, Generator random, double share)
    {
        var unknown = ids.ToArray();
        for (var i = 1; i < unknown.Length; i++)
            if (random.NextDouble() < share) unknown[i] = UnknownId;
        return unknown;
    }

    readonly record struct EncodedText(int[] Ids, int Label);
}
