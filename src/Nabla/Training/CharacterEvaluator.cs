using Nabla.Data;
using Nabla.Layers;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Text;

namespace Nabla.Training;

/// <summary>
/// Judges a language model of characters: <c>loss</c> (the mean −ln p of a character), <c>bits_per_character</c>, <c>perplexity</c> and <c>accuracy</c> (how often the likeliest character is the one
/// that comes). The streams are read from their beginning to their end with the state carried on. The loss decides what is best.
/// </summary>
/// <param name="model">The model.</param>
public sealed class CharacterEvaluator(CharacterModel model) : Evaluator<TextStretch>
{
    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, double> Evaluate(Pipeline<TextStretch> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var (perplexity, right, state) = (new Perplexity(), 0L, (RecurrentState?)null);
        foreach (var stretch in data)
        {
            (var logits, state) = model.Forward(stretch.Ids, stretch.IsFirst ? null : state);
            var count = stretch.Next.Length;
            perplexity.Update(logits.CrossEntropy(stretch.Next).Item() * count, count, count);
            right += (long)logits.ArgMax(axis: -1).EqualTo(stretch.Next).To(DType.Float64).Sum().Item();
        }
        return new Dictionary<string, double>
        {
            ["loss"] = perplexity.Nats / perplexity.Tokens, ["bits_per_character"] = perplexity.BitsPerCharacter, ["perplexity"] = perplexity.Value, ["accuracy"] = (double)right / perplexity.Tokens,
        };
    }
}
