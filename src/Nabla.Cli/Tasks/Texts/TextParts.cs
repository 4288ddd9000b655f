using System.Security.Cryptography;
using System.Text;
using Nabla.Cli.Datasets;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Text;

namespace Nabla.Cli.Tasks.Texts;

/// <summary>Texts as a model takes them.</summary>
/// <param name="Tokens">Their tokens' numbers.</param>
/// <param name="Labels">The number of each one's class: Int64 [batch].</param>
sealed record TextBatch(Ragged Tokens, Tensor Labels);

/// <summary>The parts of the data.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Validation">Watches the training and chooses the best checkpoint.</param>
/// <param name="Test">Looked at once, at the end.</param>
sealed record TextParts(Dataset<LabelledText> Train, Dataset<LabelledText> Validation, Dataset<LabelledText> Test)
{
    /// <summary>Among how many texts those of like length are sought, and among how many batches they are mixed again.</summary>
    const int Window = 1000, MixedBatches = 100;

    const int EvaluationTokens = 1 << 15;

    /// <summary>The unknown word's number: <see cref="SpecialSymbols.All"/> come first.</summary>
    const int UnknownId = 1;

    /// <summary>How many texts each part has.</summary>
    public long[] Counts => [Train.Count, Validation.Count, Test.Count];

    /// <summary>
    /// Cuts the data, every class its share. Texts of the same words, whatever their case, spaces and marks, come into the same part: what
    /// is held out has not been seen.
    /// </summary>
    public static TextParts Of(TextSource source, double validation, double test, ulong seed)
    {
        var groups = Dataset.From(Enumerable.Range(0, (int)source.Texts.Count).GroupBy(i => Fingerprint(source.Texts[i].Text))
            .Select(group => group.ToArray()).ToArray());
        int Class(int[] group) => source.Texts[group[0]].Label;
        var parts = Array.ConvertAll(groups.StratifiedSplit(seed, Class, SplitFractions.Of(validation, test)), part =>
            source.Texts.At([.. part.SelectMany(group => group).Order()]));
        if (parts.Any(part => part.Count == 0))
            throw new UserException(
                $"{source.Texts.Count} texts{(groups.Count < source.Texts.Count ? $", of which {groups.Count} differ," : "")} of " +
                $"{source.Classes.Count} classes are too few to be cut into {parts.Length} parts: one of them would be empty. Add " +
                "texts, or raise its share (--validation, --test).");
        return new(parts[0], parts[1], parts[^1]);
    }

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

    static UInt128 Fingerprint(string text)
    {
        var words = string.Join(' ', Words.Of(text).Select(range => text[range]).Where(word => char.IsLetterOrDigit(word[0])))
            .ToUpperInvariant();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(words));
        return new(BitConverter.ToUInt64(hash), BitConverter.ToUInt64(hash, 8));
    }

    readonly record struct EncodedText(int[] Ids, int Label);
}
