using Nabla.Metrics;
using Nabla.Text;

namespace Nabla.Cli.Tasks.Translation;

/// <summary>
/// How far texts are from what would have been right: <c>token_error</c> (changes to the nearest target by its characters or words),
/// <c>sequence_error</c> (the share that equals no target),
/// <c>bleu</c> and <c>chrf</c>. They do not depend on how a model cuts what it writes, but for characters, by which texts without spaces
/// are judged.
/// </summary>
/// <param name="tokenizers">Of what is judged.</param>
sealed class TranslationScores(Tokenizers tokenizers)
{
    readonly bool byCharacters = tokenizers.Target is CharacterTokenizer;
    readonly ErrorRate errors = new();
    readonly Bleu bleu = new();
    readonly ChrF chrF = new();

    public IReadOnlyDictionary<string, double> Values => new Dictionary<string, double>
    {
        ["token_error"] = errors.Value, ["sequence_error"] = errors.SequenceValue, ["bleu"] = bleu.Value, ["chrf"] = chrF.Value,
    };

    public void Update(Translated translation)
    {
        var (entry, text) = translation;
        errors.Update(Tokens(text), [.. entry.Targets.Select(Tokens)]);
        bleu.Update(OfBleu(text), [.. entry.Targets.Select(OfBleu)]);
        chrF.Update(text, [.. entry.Targets]);
    }

    /// <summary>Each as it stands: what a vocabulary lacks is no match for something else that it lacks.</summary>
    IReadOnlyList<string> Tokens(string text) =>
        byCharacters ? [.. text.EnumerateRunes().Select(rune => rune.ToString())] : [.. Words.Of(text).Select(word => text[word])];

    /// <summary>As BLEU is usually counted.</summary>
    IReadOnlyList<string> OfBleu(string text) => byCharacters ? Tokens(text) : MtevalTokens.Of(text);
}
