using Nabla.Data;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Translation;

/// <summary>What a model made of a source.</summary>
/// <param name="Entry">The source, and what would have been right.</param>
/// <param name="Written">What it wrote.</param>
sealed record Translation(PairEntry Entry, string Written);

/// <summary>
/// Judges a model by what it writes: <c>loss</c>, <c>token_error</c> (changes to the nearest target by its tokens), <c>sequence_error</c> (the share that equals no target), <c>bleu</c> and <c>chrf</c>.
/// The error of tokens decides what is best.
/// </summary>
/// <param name="model">What is judged.</param>
/// <param name="tokenizers">Its numbers.</param>
/// <param name="search">How it writes.</param>
sealed class TranslationEvaluator(ISequenceToSequence model, Tokenizers tokenizers, SequenceSearch search) : Evaluator<PairBatch>
{
    /// <summary>Of the last evaluation.</summary>
    public List<Translation> Translations { get; } = [];

    public override Goal Goal => new("token_error");

    public override IReadOnlyDictionary<string, double> Evaluate(Pipeline<PairBatch> data)
    {
        Translations.Clear();
        var (loss, tokens) = (0.0, 0L);
        var (errors, bleu, chrF) = (new ErrorRate(), new Bleu(), new ChrF());
        foreach (var batch in data)
        {
            loss += model.Forward(batch.Source, batch.Input).Values.CrossEntropy(batch.Wanted.Values).Item() * batch.Wanted.Values.Length;
            tokens += batch.Wanted.Values.Length;
            var written = search.Run(model.Begin(batch.Source));
            for (var i = 0; i < written.Count; i++)
            {
                var (entry, text) = (batch.Entries[i], tokenizers.Target.Decode(written[i].Tokens));
                Translations.Add(new(entry, text));
                errors.Update(Tokens(text), [.. entry.Targets.Select(Tokens)]);
                bleu.Update(Words(text), [.. entry.Targets.Select(Words)]);
                chrF.Update(text, [.. entry.Targets]);
            }
        }
        return new Dictionary<string, double>
        {
            ["loss"] = loss / tokens, ["token_error"] = errors.Value, ["sequence_error"] = errors.SequenceValue, ["bleu"] = bleu.Value, ["chrf"] = chrF.Value,
        };
    }

    bool ByCharacters => tokenizers.Target is CharacterTokenizer;

    /// <summary>A text as the target's tokenizer cuts it, each piece as it stands: what its vocabulary lacks is no match for something else that it lacks.</summary>
    IReadOnlyList<string> Tokens(string text) => [.. tokenizers.Target.Encode(text).Select(token => text[token.Start..token.End])];

    /// <summary>As BLEU is usually counted; of texts without spaces, by characters.</summary>
    IReadOnlyList<string> Words(string text) => ByCharacters ? Tokens(text) : MtevalTokens.Of(text);
}
