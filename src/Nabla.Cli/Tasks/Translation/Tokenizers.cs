using Nabla.Data;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Tasks.Translation;

/// <summary>How both sides are cut into tokens, with the numbers of the start and end symbols. Two sides of byte pairs have one vocabulary,
/// so that what is copied has one number.</summary>
/// <param name="Source">Of what is read.</param>
/// <param name="Target">Of what is written.</param>
sealed record Tokenizers(ITokenizer Source, ITokenizer Target)
{
    public const string Characters = "characters", WholeWords = "words", BytePairs = "bpe";

    /// <summary>Byte pairs stand for texts as they are, so these must be nothing that a text is likely to have.</summary>
    const string StartOfText = "<|start|>", EndOfText = "<|end|>";

    public static string[] Names { get; } = [Characters, WholeWords, BytePairs];

    /// <summary>The smallest vocabulary: the special symbols with a symbol, or with every byte.</summary>
    public static int Least(string kind) => kind == BytePairs ? 2 + 256 : 4 + 1;

    public int SourceEnd => End(Source);

    public int TargetEnd => End(Target);

    public int Start => Target is ComposedTokenizer pairs ? Special(pairs, StartOfText) : VocabularyOf(Target).StartId!.Value;

    /// <summary>A source as the model reads it, with the end behind it.</summary>
    public int[] Read(string source) => [.. Source.Ids(source), SourceEnd];

    /// <summary>The letters or words of a source that the model has never seen, each once; byte pairs have none.</summary>
    public IEnumerable<string> UnknownOf(string source) => Source is ComposedTokenizer ? []
        : Source.Encode(source).Where(token => token.Id == VocabularyOf(Source).UnknownId).Select(token => source[token.Start..token.End])
            .Distinct(StringComparer.Ordinal);

    /// <summary>Made from the training part.</summary>
    public static Tokenizers Train(IReadOnlyCollection<PairEntry> entries, TranslationSettings settings)
    {
        var (sources, targets) = (entries.Select(entry => entry.Source), entries.SelectMany(entry => entry.Targets));
        var most = settings.Vocabulary.Value;
        if (!settings.SharesVocabulary)
            return new(Train(sources, settings.SourceTokens, most), Train(targets, settings.TargetTokens, most));
        var both = Train(sources.Concat(targets), BytePairs, settings.Vocabulary);
        return new(both, both);
    }

    /// <summary>Written beside the checkpoints.</summary>
    public void Save(RunFolder run)
    {
        TokenizerFile.Save(Source, Path.Combine(run.Folder, "source-tokenizer.json"));
        TokenizerFile.Save(Target, Path.Combine(run.Folder, "target-tokenizer.json"));
    }

    /// <summary>Of a run.</summary>
    public static Tokenizers Load(RunFolder run) =>
        new(TokenizerFile.Load(Path.Combine(run.Folder, "source-tokenizer.json")),
        TokenizerFile.Load(Path.Combine(run.Folder, "target-tokenizer.json")));

    static ITokenizer Train(IEnumerable<string> texts, string kind, int most) => kind switch
    {
        Characters => CharacterTokenizer.Train(texts, maximumSize: most, special: SpecialSymbols.All),
        BytePairs => new BytePairTrainer(most, minimumCount: 2, StartOfText, EndOfText).TrainOnBytes(texts),
        _ => WordTokenizer.Train(texts, maximumSize: most, special: SpecialSymbols.All),
    };

    static int End(ITokenizer tokenizer) =>
        tokenizer is ComposedTokenizer pairs ? Special(pairs, EndOfText) : VocabularyOf(tokenizer).EndId!.Value;

    static int Special(ComposedTokenizer pairs, string symbol) => pairs.TryGetId(symbol, out var id) ? id
        : throw new UserException($"The run's tokenizer has no symbol {symbol}: it is not as `nabla train translate` saved it.");

    static Vocabulary VocabularyOf(ITokenizer tokenizer) =>
        tokenizer is CharacterTokenizer characters ? characters.Vocabulary : ((WordTokenizer)tokenizer).Vocabulary;
}
