using Nabla.Data;
using Nabla.Models;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Tasks.Translation;

/// <summary>What a model made of a source.</summary>
/// <param name="Entry">The source, and what would have been right.</param>
/// <param name="Written">What it wrote.</param>
sealed record Translated(PairEntry Entry, string Written);

/// <summary>
/// Judges a model by what it writes: <c>loss</c>, and what <see cref="TranslationScores"/> counts. The error of tokens decides what is
/// best.
/// </summary>
/// <param name="model">What is judged.</param>
/// <param name="tokenizers">Its numbers.</param>
/// <param name="search">How it writes.</param>
sealed class TranslationEvaluator(ISequenceToSequence model, Tokenizers tokenizers, SequenceSearch search) : Evaluator<PairBatch>
{
    /// <summary>Of the last evaluation.</summary>
    public List<Translated> Translations { get; } = [];

    public static Goal TokenError { get; } = new("token_error");

    public override Goal Goal => TokenError;

    public override IReadOnlyDictionary<string, double> Evaluate(Pipeline<PairBatch> data)
    {
        Translations.Clear();
        var (loss, tokens, scores) = (0.0, 0L, new TranslationScores(tokenizers));
        foreach (var batch in data)
        {
            loss += model.Forward(batch.Source, batch.Input).Values.CrossEntropy(batch.Wanted.Values).Item() * batch.Wanted.Values.Length;
            tokens += batch.Wanted.Values.Length;
            var written = search.Run(model.Begin(batch.Source));
            for (var i = 0; i < written.Count; i++)
            {
                Translations.Add(new(batch.Entries[i], tokenizers.Target.Decode(written[i].Tokens)));
                scores.Update(Translations[^1]);
            }
        }
        return scores.Values.Prepend(new("loss", loss / tokens)).ToDictionary();
    }
}
