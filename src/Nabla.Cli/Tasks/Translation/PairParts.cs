using Nabla.Data;
using Nabla.Layers;
using Nabla.Text;

namespace Nabla.Cli.Tasks.Translation;

/// <summary>A source and one of its targets, as numbers.</summary>
/// <param name="Entry">The texts.</param>
/// <param name="Source">With the end behind it.</param>
/// <param name="Target">Without start and end.</param>
sealed record NumberedPair(PairEntry Entry, int[] Source, int[] Target)
{
    /// <summary>Of both sides, the end of the target included.</summary>
    public int Tokens => Source.Length + Target.Length + 1;
}

/// <summary>Pairs that are learned from, or judged by, together.</summary>
/// <param name="Entries">The texts.</param>
/// <param name="Source">What is read.</param>
/// <param name="Input">What has been written: the start, then the target.</param>
/// <param name="Wanted">What is to be written: the target, then the end.</param>
sealed record PairBatch(IReadOnlyList<PairEntry> Entries, Ragged Source, Ragged Input, Ragged Wanted)
{
    public static PairBatch Of(IReadOnlyList<NumberedPair> pairs, int start, int end) => new(
        [.. pairs.Select(pair => pair.Entry)], Ragged.From([.. pairs.Select(pair => pair.Source)]),
        Ragged.From([.. pairs.Select(pair => (int[])[start, .. pair.Target])]),
            Ragged.From([.. pairs.Select(pair => (int[])[.. pair.Target, end])]));
}

/// <summary>The parts of the data: no source is in two of them.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Validation">Watches the training and chooses the best checkpoint.</param>
/// <param name="Test">Looked at once, at the end.</param>
sealed record PairParts(IReadOnlyList<PairEntry> Train, IReadOnlyList<PairEntry> Validation, IReadOnlyList<PairEntry> Test)
{
    /// <summary>How many sources each part has.</summary>
    public int[] Counts => [Train.Count, Validation.Count, Test.Count];

    /// <summary>Cuts the data; the seed says which source goes where. With one part held out, it does both duties.</summary>
    public static PairParts Of(PairSource source, double validation, double test, ulong seed)
    {
        var parts = Array.ConvertAll(Dataset.From(source.Entries.ToArray())
            .Split(seed, SplitFractions.Of(validation, test)), part => part.ToArray());
        return parts.All(part => part.Length > 0) ? new(parts[0], parts[1], parts[^1])
            : throw new UserException($"{source.Entries.Count} sources are too few to be cut into {parts.Length} parts: one of them " +
                "would be empty. Add some, or raise its share (--validation, --test).");
    }

    /// <summary>Every source with each of its targets, but for those that are too long.</summary>
    public static NumberedPair[] Numbered(IReadOnlyList<PairEntry> entries, Tokenizers tokenizers, int longest)
    {
        var pairs = entries.SelectMany(entry =>
            entry.Targets.Select(target => new NumberedPair(entry, tokenizers.Read(entry.Source), tokenizers.Target.Ids(target))));
        return [.. pairs.Where(pair => pair.Source.Length <= longest + 1 && pair.Target.Length <= longest && pair.Target.Length > 0)];
    }

    /// <summary>Shuffled anew in each epoch. An LSTM takes fewer steps where the lengths of a batch are alike.</summary>
    public static Pipeline<PairBatch> Training(NumberedPair[] pairs, Tokenizers tokenizers, TranslationSettings c)
    {
        var shuffled = Dataset.From(pairs).Shuffle(c.Seed);
        var ordered = c.Model.Value == "lstm" ? shuffled.SortByLength(pair => pair.Tokens, buffer: 4096) : shuffled;
        var batches = ordered.BatchByTokens(c.Tokens, pair => pair.Tokens, items =>
            PairBatch.Of(items, tokenizers.Start, tokenizers.TargetEnd));
        return (c.Model.Value == "lstm" ? batches.Shuffle(c.Seed, buffer: 64) : batches).Prefetch(4);
    }

    /// <summary>Each source once, with its first target; too long a target counts in the errors, but not in the loss.</summary>
    public static Pipeline<PairBatch> Evaluation(IReadOnlyList<PairEntry> entries, Tokenizers tokenizers, TranslationSettings c)
    {
        var pairs = entries.Select(entry =>
            new NumberedPair(entry, Cut(tokenizers.Read(entry.Source), c.MaximumLength + 1),
            Cut(tokenizers.Target.Ids(entry.Targets[0]), c.MaximumLength))).ToArray();
        return Dataset.From(pairs).BatchByTokens(Math.Max(c.Tokens, 2 * (c.MaximumLength + 1)), pair => pair.Tokens, items =>
            PairBatch.Of(items, tokenizers.Start, tokenizers.TargetEnd)).Prefetch(2);
    }

    static int[] Cut(int[] tokens, int longest) => tokens.Length > longest ? tokens[..longest] : tokens;
}
