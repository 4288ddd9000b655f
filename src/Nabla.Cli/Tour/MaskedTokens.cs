using Nabla.Data;
using Nabla.Models;

namespace Nabla.Cli.Tour;

/// <summary>What masking puts where a token was chosen.</summary>
enum Replacement
{
    /// <summary>[MASK], 80%.</summary>
    Mask,

    /// <summary>A random token, 10%.</summary>
    Random,

    /// <summary>The token itself, 10%.</summary>
    Kept,
}

/// <summary>How masking chose among tokens.</summary>
/// <param name="Tokens">Tokens other than [CLS] and [SEP].</param>
/// <param name="Replaced">How often each <see cref="Replacement"/> was made.</param>
sealed record MaskingCounts(long Tokens, IReadOnlyList<long> Replaced)
{
    public long Chosen => Replaced.Sum();

    /// <summary>The fraction of tokens that were chosen.</summary>
    public double Fraction => (double)Chosen / Tokens;

    /// <summary>The fraction of a replacement among the chosen.</summary>
    public double Of(Replacement replacement) => (double)Replaced[(int)replacement] / Chosen;

    public static MaskingCounts Count(MiniBert bert)
    {
        var replaced = new long[3];
        foreach (var batch in bert.Examples.Chunk(256).Select(new PretrainingMasking(bert.Pieces).Collate))
            foreach (var replacement in MaskedTokens.ReplacementsOf(bert, batch)) replaced[(int)replacement]++;
        return new(bert.Examples.Sum(example => example.Tokens.Count(token => !MaskedTokens.IsSeparator(bert, token.Id))), replaced);
    }
}

/// <summary>A token that was predicted.</summary>
/// <param name="Label">Which token it was.</param>
/// <param name="Predicted">Which one the model considers likeliest.</param>
/// <param name="Probability">The model's probability of that one.</param>
/// <param name="Replacement">What the model saw in its place.</param>
readonly record struct MaskedToken(long Label, long Predicted, double Probability, Replacement Replacement)
{
    public bool IsCorrect => Label == Predicted;
}

/// <summary>Predictions of masked tokens on held-out text.</summary>
sealed record MaskedTokens(IReadOnlyList<MaskedToken> All)
{
    const int BatchSize = 32;

    public double Accuracy => AccuracyOf(All);

    /// <summary>The most frequent of the masked tokens, and the accuracy of always predicting it.</summary>
    public (long Token, double Accuracy) MostFrequent
    {
        get
        {
            var (token, count) = All.CountBy(one => one.Label).MaxBy(one => one.Value);
            return (token, (double)count / All.Count);
        }
    }

    public static double AccuracyOf(IEnumerable<MaskedToken> tokens) => tokens.Average(one => one.IsCorrect ? 1.0 : 0.0);

    public static MaskedTokens Predict(Stage stage, MiniBert bert, IReadOnlyList<PretrainingExample> examples)
    {
        var batches = examples.Chunk(BatchSize).Select(new PretrainingMasking(bert.Pieces).Collate).ToArray();
        var all = new List<MaskedToken>();
        stage.Repeat("masked tokens", batches.Length, step =>
        {
            var batch = batches[step];
            var logits = bert.Model.Forward(new(batch.Ids, batch.TypeIds), batch.MaskedPositions).Tokens;
            var (most, best) = logits.Softmax().TopK(1);
            var (probabilities, predicted, labels) = (most.Doubles(), best.ToArray<long>(), batch.MaskedLabels.ToArray<long>());
            all.AddRange(ReplacementsOf(bert, batch).Select((replacement, i) =>
                new MaskedToken(labels[i], predicted[i], probabilities[i], replacement)));
            return null;
        });
        return new(all);
    }

    /// <summary>What stands at each chosen position of a batch.</summary>
    public static IEnumerable<Replacement> ReplacementsOf(MiniBert bert, PretrainingBatch batch)
    {
        var (ids, labels) = (batch.Ids.Values.ToArray<long>(), batch.MaskedLabels.ToArray<long>());
        return batch.MaskedPositions.ToArray<long>().Zip(labels, (position, label) => ids[position] == bert.Pieces.Mask ? Replacement.Mask
            : ids[position] == label ? Replacement.Kept : Replacement.Random);
    }

    public static bool IsSeparator(MiniBert bert, int id) => id == bert.Pieces.Cls || id == bert.Pieces.Sep;
}
