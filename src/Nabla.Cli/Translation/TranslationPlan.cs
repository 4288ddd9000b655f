using Nabla.Training;

namespace Nabla.Cli.Translation;

/// <summary>A training with every choice made, and what was assumed on the way.</summary>
/// <param name="Configuration">The choices.</param>
/// <param name="Source">The data.</param>
/// <param name="Parts">Its parts.</param>
/// <param name="Tokenizers">How both sides are cut.</param>
/// <param name="Pairs">What is learned from, as numbers.</param>
sealed record TranslationPlan(TranslationConfiguration Configuration, PairSource Source, PairParts Parts, Tokenizers Tokenizers, NumberedPair[] Pairs)
{
    const int MostWarmUp = 4000;

    /// <summary>Makes the choices that were left open.</summary>
    public static TranslationPlan Make(TranslationRequest request)
    {
        if (request.Data is null) throw new UserException($"--data is missing: {PairSource.Kinds}.");
        var source = PairSource.Open(request.Data, request.Targets);
        var (validation, test, seed) = (request.ValidationShare ?? 0.02, request.TestShare ?? 0.1, request.Seed ?? 1);
        var parts = PairParts.Of(source, validation, test, request.SplitSeed ?? seed);
        var (model, width) = (request.Model ?? "transformer", request.Width ?? 256);
        var configuration = new TranslationConfiguration
        {
            Data = Path.Exists(request.Data) ? Path.GetFullPath(request.Data) : request.Data, Targets = request.Targets, ValidationShare = validation, TestShare = test, Sources = parts.Counts,
            SourceTokens = request.SourceTokens ?? source.Kind.SourceTokens, TargetTokens = request.TargetTokens ?? source.Kind.TargetTokens, Vocabulary = request.Vocabulary ?? 8000,
            MaximumLength = request.MaximumLength ?? 100, Model = model, Width = width, Heads = request.Heads ?? 4, Inner = request.Inner ?? 4 * width, Layers = request.Layers ?? (model == "lstm" ? 1 : 3),
            Dropout = request.Dropout ?? 0.1, Epochs = request.Epochs ?? 10, Tokens = request.Tokens ?? 4096, Accumulate = request.Accumulate ?? 1, LearningRate = request.LearningRate ?? 1e-3,
            Schedule = request.Schedule ?? "cosine", WarmUp = 1, Steps = 1, WeightDecay = request.WeightDecay ?? 0.01, LabelSmoothing = request.LabelSmoothing ?? 0.1, ClipNorm = request.ClipNorm ?? 1,
            Average = request.Average, Beam = request.Beam ?? 5, LengthPenalty = request.LengthPenalty ?? 0.6, Patience = request.Patience, Seed = seed, SplitSeed = request.SplitSeed, SaveEvery = request.SaveEvery ?? 200,
        };
        Demand(configuration);
        var tokenizers = Tokenizers.Train(parts.Train, configuration);
        var pairs = NumberedOf(parts, tokenizers, configuration);
        var steps = configuration.Epochs * ((PairParts.Training(pairs, tokenizers, configuration).LongCount() + configuration.Accumulate - 1) / configuration.Accumulate);
        configuration = configuration with { Steps = steps, WarmUp = request.WarmUp ?? Math.Clamp(steps / 10, 1, MostWarmUp) };
        return new(configuration, source, parts, tokenizers, pairs);
    }

    /// <summary>The plan of a run, from its configuration and its tokenizers.</summary>
    public static TranslationPlan Of(TranslationConfiguration configuration, RunFolder run)
    {
        var source = PairSource.Open(configuration.Data, configuration.Targets);
        var parts = PairParts.Of(source, configuration.ValidationShare, configuration.TestShare, configuration.SplitSeed ?? configuration.Seed);
        if (!parts.Counts.SequenceEqual(configuration.Sources))
            throw new UserException($"{configuration.Data} has {parts.Counts.Sum()} sources now, the run was begun with {configuration.Sources.Sum()}, so that its place in them is lost. Bring the data back to what it was, or begin a new run.");
        var tokenizers = Tokenizers.Load(run);
        return new(configuration, source, parts, tokenizers, NumberedOf(parts, tokenizers, configuration));
    }

    /// <summary>What each choice is, and the option that changes it.</summary>
    public IEnumerable<(string Name, string Value)> Assumptions
    {
        get
        {
            var (c, model) = (Configuration, TranslationModels.Make(Configuration, Tokenizers));
            yield return ("data", Source.Description);
            yield return ("split", Invariant($"{Parts.Train.Count:n0} sources to learn from, {Parts.Validation.Count:n0} validation, {Parts.Test.Count:n0} test (--validation, --test, --split-seed)"));
            yield return ("tokens", Invariant($"{c.SourceTokens} → {c.TargetTokens}: {(c.SharesVocabulary ? $"{Tokenizers.Source.Count:n0} for both sides" : $"{Tokenizers.Source.Count:n0} and {Tokenizers.Target.Count:n0}")} (--source-tokens, --target-tokens, --vocabulary)"));
            yield return ("pairs", Invariant($"{Pairs.Length:n0} of at most {c.MaximumLength} tokens on either side (--max-length)"));
            yield return ("model", Invariant($"{c.Model}, {model.ParameterCount():n0} parameters; width {c.Width}, {c.Layers} + {c.Layers} layers{(c.Model == "lstm" ? "" : $", {c.Heads} heads, inner {c.Inner}")}, dropout {c.Dropout} (--model, --width, --layers, --heads, --inner, --dropout)"));
            yield return ("training", Invariant($"{c.Epochs} {(c.Epochs == 1 ? "epoch" : "epochs")}, about {c.Steps:n0} steps of {c.Tokens:n0} tokens{(c.Accumulate > 1 ? $" × {c.Accumulate}" : "")}; learning rate {c.LearningRate:G4} ({c.Schedule} after {c.WarmUp:n0} {(c.WarmUp == 1 ? "step" : "steps")}), label smoothing {c.LabelSmoothing}"));
        }
    }

    static NumberedPair[] NumberedOf(PairParts parts, Tokenizers tokenizers, TranslationConfiguration c)
    {
        var pairs = PairParts.Numbered(parts.Train, tokenizers, c.MaximumLength);
        return pairs.Length > 0 ? pairs : throw new UserException($"No pair has at most {c.MaximumLength} tokens on either side: raise --max-length.");
    }

    static void Demand(TranslationConfiguration c)
    {
        if (c.Model == "transformer" && c.Width % c.Heads != 0) throw new UserException($"--width {c.Width} does not divide by --heads {c.Heads}.");
        if (c.Model == "lstm" && c.Width % 2 != 0) throw new UserException($"--width {c.Width}: an lstm needs an even width.");
        if (c.Tokens < 2 * (c.MaximumLength + 1)) throw new UserException($"--tokens {c.Tokens}: a pair of --max-length {c.MaximumLength} has up to {2 * (c.MaximumLength + 1)} tokens, which must fit into a step.");
        var least = Math.Max(Tokenizers.Least(c.SourceTokens), Tokenizers.Least(c.TargetTokens));
        if (c.Vocabulary < least) throw new UserException($"--vocabulary {c.Vocabulary}: of {c.SourceTokens} → {c.TargetTokens} at least {least} are needed.");
    }
}
