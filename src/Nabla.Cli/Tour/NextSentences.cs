using Nabla.Data;
using Nabla.Layers;
using Nabla.Models;

namespace Nabla.Cli.Tour;

/// <summary>A pair of segments, and how probable the model considers it that the second follows the first.</summary>
sealed record SegmentPair(PretrainingExample Example, double Probability)
{
    public bool IsNext => Example.IsNext == true;

    public bool IsCorrect => Probability >= 0.5 == IsNext;

    /// <summary>The probability that the model gives to the truth.</summary>
    public double OfTruth => IsNext ? Probability : 1 - Probability;

    /// <summary>The last tokens of the first segment.</summary>
    public IEnumerable<PretrainingToken> EndOfFirst(int count) => Example.Tokens.Take(Example.FirstLength - 1).Skip(1).TakeLast(count);

    /// <summary>The first tokens of the second segment.</summary>
    public IEnumerable<PretrainingToken> BeginningOfSecond(int count) =>
        Example.Tokens.Take(Example.Length - 1).Skip(Example.FirstLength).Take(count);
}

/// <summary>Next-sentence prediction on held-out pairs, without masks.</summary>
static class NextSentences
{
    const int BatchSize = 32;

    public static SegmentPair[] Predict(Stage stage, MiniBert bert, IReadOnlyList<PretrainingExample> examples)
    {
        var (batches, pairs) = (examples.Chunk(BatchSize).ToArray(), new List<SegmentPair>());
        stage.Repeat("next sentences", batches.Length, step =>
        {
            var logits = bert.Model.NextSentence.Forward(bert.Model.Bert.Pool(bert.Model.Bert.Forward(Input(batches[step]))));
            pairs.AddRange(batches[step].Zip(logits.Softmax()[.., 0].Doubles(), (example, next) => new SegmentPair(example, next)));
            return null;
        });
        return [.. pairs];
    }

    /// <summary>A batch of pairs as they are.</summary>
    public static BertInput Input(IReadOnlyList<PretrainingExample> examples) => new(
        Ragged.From([.. examples.Select(example => (int[])[.. example.Tokens.Select(token => token.Id)])]),
        Tensor.From([.. examples.SelectMany(example => example.Tokens.Select((_, i) => i < example.FirstLength ? 0L : 1L))]));
}
