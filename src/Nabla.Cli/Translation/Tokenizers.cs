using Nabla.Data;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Translation;

/// <summary>How both sides are cut into tokens, with the numbers of the start and end symbols.</summary>
/// <param name="Source">Of what is read.</param>
/// <param name="Target">Of what is written.</param>
sealed record Tokenizers(ITokenizer Source, ITokenizer Target)
{
    public static string[] Names { get; } = ["characters", "words"];

    public int SourceEnd => End(Source);

    public int TargetEnd => End(Target);

    public int Start => VocabularyOf(Target).StartId!.Value;

    /// <summary>A source as the model reads it, with the end behind it.</summary>
    public int[] Read(string source) => [.. Source.Ids(source), SourceEnd];

    /// <summary>Made from the training part.</summary>
    public static Tokenizers Train(IReadOnlyCollection<PairEntry> entries, TranslationConfiguration configuration) => new(
        Train(entries.Select(entry => entry.Source), configuration.SourceTokens, configuration.Vocabulary),
        Train(entries.SelectMany(entry => entry.Targets), configuration.TargetTokens, configuration.Vocabulary));

    /// <summary>Written beside the checkpoints.</summary>
    public void Save(RunFolder run)
    {
        TokenizerFile.Save(Source, Path.Combine(run.Folder, "source-tokenizer.json"));
        TokenizerFile.Save(Target, Path.Combine(run.Folder, "target-tokenizer.json"));
    }

    /// <summary>Of a run.</summary>
    public static Tokenizers Load(RunFolder run) => new(TokenizerFile.Load(Path.Combine(run.Folder, "source-tokenizer.json")), TokenizerFile.Load(Path.Combine(run.Folder, "target-tokenizer.json")));

    static ITokenizer Train(IEnumerable<string> texts, string kind, int most) => kind == "characters"
        ? CharacterTokenizer.Train(texts, maximumSize: most, special: SpecialSymbols.All)
        : WordTokenizer.Train(texts, maximumSize: most, special: SpecialSymbols.All);

    static int End(ITokenizer tokenizer) => VocabularyOf(tokenizer).EndId!.Value;

    static Vocabulary VocabularyOf(ITokenizer tokenizer) => tokenizer is CharacterTokenizer characters ? characters.Vocabulary : ((WordTokenizer)tokenizer).Vocabulary;
}
