using Nabla.Cli.Datasets;
using Nabla.Data;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Training;

/// <summary>A training on texts with every choice made, and what was assumed on the way.</summary>
/// <param name="Configuration">The choices.</param>
/// <param name="Source">The data.</param>
/// <param name="Parts">Its parts.</param>
/// <param name="Tokenizer">Of the words of the training part.</param>
/// <param name="Assumptions">What each choice is, and the option that changes it.</param>
sealed record TextPlan(TextConfiguration Configuration, TextSource Source, TextParts Parts, WordTokenizer Tokenizer, IReadOnlyList<(string Name, string Value)> Assumptions)
{
    const int UsualVocabulary = 20_000, UsualTokens = 256, UsualWidth = 128, UsualEpochs = 5;

    const double UsualWordDropout = 0.1;

    /// <summary>Those of <see cref="SpecialSymbols.All"/>, and a word.</summary>
    const int LeastVocabulary = 5;

    /// <summary>Words that come less often say nothing that could be learned.</summary>
    const int LeastCount = 2;

    /// <summary>Fewer steps an epoch than this and the batches are made smaller.</summary>
    const int LeastSteps = 20, LeastBatch = 1024, UsualBatch = 8192;

    /// <summary>Makes the choices that were left open.</summary>
    public static TextPlan Make(TextRequest request)
    {
        if (request.Data is null) throw new UserException($"--data is missing: {TextSource.Kinds}.");
        if (request.Vocabulary < LeastVocabulary) throw new UserException($"--vocabulary {request.Vocabulary}: at least {LeastVocabulary} are needed, four symbols of the tokenizer's own and a word.");
        var source = TextSource.Open(request.Data, request.TextColumn, request.LabelColumn);
        if (source.Classes.Count < 2) throw new UserException($"{request.Data} has {source.Classes.Count} class; at least 2 are needed to tell apart.");
        var (seed, validation, test) = (request.Seed ?? 1, request.ValidationShare ?? 0.1, request.TestShare ?? 0.1);
        var parts = TextParts.Of(source, validation, test, request.SplitSeed ?? seed);
        var tokenizer = WordTokenizer.Train(parts.Train.Select(text => text.Text), lowercase: !request.Cased, LeastCount, request.Vocabulary ?? UsualVocabulary, SpecialSymbols.All);
        var (model, width, tokens) = (request.Model ?? TextModels.Names[0], request.Width ?? UsualWidth, request.Tokens ?? UsualTokens);
        TextModels.Check(model, width);
        var read = parts.Train.Sum(text => (long)TextParts.Ids(tokenizer, text.Text, tokens).Length);
        var configuration = new TextConfiguration
        {
            Data = File.Exists(request.Data) ? Path.GetFullPath(request.Data) : request.Data, TextColumn = source.Columns?.Text, LabelColumn = source.Columns?.Label, IsMail = source.IsMail,
            ValidationShare = validation, TestShare = test, Texts = parts.Counts, Classes = [.. source.Classes], Vocabulary = tokenizer.Count, Cased = request.Cased, Tokens = tokens, Model = model, Width = width,
            Layers = request.Layers ?? TextModels.UsualLayers(model), Dropout = request.Dropout ?? TextModels.UsualDropout(model), WordDropout = request.WordDropout ?? UsualWordDropout, Epochs = request.Epochs ?? UsualEpochs,
            // One more for the symbol of the start.
            Batch = Math.Max(tokens + 1, request.Batch ?? (int)Math.Clamp(read / LeastSteps, LeastBatch, UsualBatch)),
            LearningRate = request.LearningRate ?? TextModels.UsualRate(model), WeightDecay = request.WeightDecay ?? 0.01, ClipNorm = request.ClipNorm ?? 1,
            Average = request.Average, Patience = request.Patience, Seed = seed, SplitSeed = request.SplitSeed, SaveEvery = request.SaveEvery ?? 100, TensorBoard = request.TensorBoard,
        };
        return new(configuration, source, parts, tokenizer, Say(configuration, source, parts));
    }

    /// <summary>The plan of a run, from its folder.</summary>
    /// <param name="configuration">As it was saved, but for what may change.</param>
    /// <param name="run">Where its tokenizer lies.</param>
    public static TextPlan Of(TextConfiguration configuration, RunFolder run)
    {
        var source = TextSource.Open(configuration.Data, configuration.TextColumn, configuration.LabelColumn);
        var parts = TextParts.Of(source, configuration.ValidationShare, configuration.TestShare, configuration.SplitSeed ?? configuration.Seed);
        if (!source.Classes.SequenceEqual(configuration.Classes) || !parts.Counts.SequenceEqual(configuration.Texts))
        {
            throw new UserException(Invariant($"{configuration.Data} has {parts.Counts.Sum():n0} texts of the classes {Listed(source.Classes)} now; the run was begun with {configuration.Texts.Sum():n0} of {Listed(configuration.Classes)}. ") +
                "Bring the data back to what it was, or begin a new run.");
        }
        return new(configuration, source, parts, TokenizerOf(run), Say(configuration, source, parts));
    }

    /// <summary>A run's tokenizer.</summary>
    public static WordTokenizer TokenizerOf(RunFolder run) => TokenizerFile.Load(Path.Combine(run.Folder, TokenizerFile.Name)) as WordTokenizer
        ?? throw new UserException($"{Path.Combine(run.Folder, TokenizerFile.Name)} is not a tokenizer of words, which `nabla train text` saves.");

    static List<(string, string)> Say(TextConfiguration c, TextSource source, TextParts parts) =>
    [
        ("data", source.Description),
        ("classes", $"{c.Classes.Length}: {Listed(c.Classes)}"),
        ("split", parts.Validation == parts.Test ? Invariant($"{parts.Train.Count:n0} to learn from, {parts.Test.Count:n0} held out for validation and test alike (--validation, --test)")
            : Invariant($"{parts.Train.Count:n0} to learn from, {parts.Validation.Count:n0} validation, {parts.Test.Count:n0} test; every class in its share, texts of the same words together (--validation, --test, --split-seed)")),
        ("words", Invariant($"{c.Vocabulary:n0} {(c.Cased ? "in their case" : "in lower case")}, of the training part (--vocabulary, --cased); of a text {c.Tokens} are read, half of them from its end where it is longer (--tokens)")),
        ("model", Invariant($"{c.Model}, {TextModels.Make(c).ParameterCount():n0} parameters: width {c.Width}, {c.Layers} {(c.Layers == 1 ? "layer" : "layers")}, dropout {c.Dropout:G4}, of words {c.WordDropout:G4} (--model, --width, --layers, --dropout, --word-dropout)")),
        ("training", Invariant($"{c.Epochs} {(c.Epochs == 1 ? "epoch" : "epochs")} in batches of {c.Batch:n0} tokens; adamw, learning rate {c.LearningRate:G4} (cosine), weight decay {c.WeightDecay:G4}, gradients clipped at {c.ClipNorm:G4}")),
        .. AbsentClasses.Warnings(c.Classes, "texts", Balance(parts.Train, c), Balance(parts.Test, c), "it says nothing of them and they count as 0 in the mean F1"),
    ];

    static ClassBalance Balance(Dataset<LabelledText> part, TextConfiguration c) => ClassBalance.Of([.. part.Select(text => text.Label)], c.Classes.Length);

    static string Listed(IReadOnlyList<string> names) => names.Count <= 10 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(8))}, … {names[^1]}";
}
