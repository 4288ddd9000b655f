using Nabla.Checkpoints;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Characters;

/// <summary>A training with every choice made, and what was assumed on the way.</summary>
/// <param name="Configuration">The choices.</param>
/// <param name="Source">The text.</param>
/// <param name="Tokenizer">Its characters.</param>
/// <param name="Parts">The ids to learn from, those that watch the training, and those that it is judged on at the end: the text in this order.</param>
/// <param name="Assumptions">What each choice is, and the option that changes it.</param>
sealed record CharacterPlan(CharacterConfiguration Configuration, CharacterSource Source, CharacterTokenizer Tokenizer, int[][] Parts, IReadOnlyList<(string Name, string Value)> Assumptions)
{
    /// <summary>Places that are read side by side where the model is judged, so that few of them begin without a memory.</summary>
    const int EvaluationStreams = 8;

    const int EvaluationStretch = 256;

    /// <summary>Makes the choices that were left open.</summary>
    public static CharacterPlan Make(CharacterRequest request)
    {
        if (request.Data is null) throw new UserException($"--data is missing: {CharacterSource.Kinds}.");
        return Cut(new CharacterConfiguration
        {
            Data = Path.Exists(request.Data) ? Path.GetFullPath(request.Data) : request.Data, ValidationShare = request.ValidationShare ?? 0.05, TestShare = request.TestShare ?? 0.05, Characters = [],
            Model = request.Model ?? "lstm", Layers = request.Layers ?? 1, Hidden = request.Hidden ?? 256, Embedding = request.Embedding ?? 64, Dropout = request.Dropout ?? 0,
            Steps = request.Steps ?? 3000, Batch = request.Batch ?? 32, Stretch = request.Stretch ?? 64, LearningRate = request.LearningRate ?? 3e-3, ClipNorm = request.ClipNorm ?? 1,
            Average = request.Average, Seed = request.Seed ?? 1, SaveEvery = request.SaveEvery ?? 100, TensorBoard = request.TensorBoard,
        }, null);
    }

    /// <summary>The plan of a run, from its configuration and the characters in its folder.</summary>
    public static CharacterPlan Of(CharacterConfiguration configuration, RunFolder run)
    {
        var plan = Cut(configuration, Characters(run));
        return plan.Configuration.Characters.SequenceEqual(configuration.Characters) ? plan
            : throw new UserException(Invariant($"{configuration.Data} has {plan.Configuration.Characters.Sum():n0} characters now, the run was begun with {configuration.Characters.Sum():n0}, so that its place in them is lost. Bring the text back to what it was, or begin a new run."));
    }

    /// <summary>The characters of a run.</summary>
    public static CharacterTokenizer Characters(RunFolder run) => TokenizerFile.Load(Path.Combine(run.Folder, TokenizerFile.Name)) as CharacterTokenizer
        ?? throw new UserException($"{run.Folder}: its {TokenizerFile.Name} is not of characters.");

    static CharacterPlan Cut(CharacterConfiguration configuration, CharacterTokenizer? tokenizer)
    {
        var source = CharacterSource.Open(configuration.Data);
        if (source.Text.Length == 0) throw new UserException($"{configuration.Data} is empty. Give a text of some thousand characters at least.");
        tokenizer ??= CharacterTokenizer.Train([source.Text]);
        if (tokenizer.Count < 2) throw new UserException($"{configuration.Data} is one character again and again: there is nothing to foretell. Name another text.");
        int[] ids;
        try
        {
            ids = tokenizer.Ids(source.Text);
        }
        catch (ArgumentException stranger)
        {
            throw new UserException($"{configuration.Data} is not the text that the run was begun with: {stranger.Message} Bring it back to what it was, or begin a new run.");
        }
        var (validation, test) = ((int)(ids.Length * configuration.ValidationShare), (int)(ids.Length * configuration.TestShare));
        var train = ids.Length - validation - test;
        int[][] parts = train > 0 ? [ids[..train], ids[train..(train + validation)], ids[(train + validation)..]] : throw new UserException("--validation and --test leave nothing to learn from. Lower them, such as to 0.05 each.");
        if (parts[0].Length <= configuration.Batch || parts[1].Length <= EvaluationStreams || parts[2].Length <= EvaluationStreams)
            throw new UserException(Invariant($"{configuration.Data} has {ids.Length:n0} characters: {parts[0].Length:n0} to learn from, {parts[1].Length:n0} for validation and {parts[2].Length:n0} for the test are too few for {configuration.Batch} places side by side. Give more text, or lower --batch."));
        configuration = configuration with { Characters = [.. parts.Select(part => (long)part.Length)] };
        return new(configuration, source, tokenizer, parts, Say(configuration, source, tokenizer));
    }

    public TextStreams Training => new(Parts[0], Configuration.Batch, Configuration.Stretch);

    public TextStreams Validation => new(Parts[1], EvaluationStreams, EvaluationStretch);

    public TextStreams Test => new(Parts[2], EvaluationStreams, EvaluationStretch);

    static List<(string, string)> Say(CharacterConfiguration c, CharacterSource source, CharacterTokenizer tokenizer)
    {
        var model = CharacterModels.Make(c, tokenizer.Count);
        var perPass = new TextStreams(new int[c.Characters[0]], c.Batch, c.Stretch).Count;
        return
        [
            ("text", source.Description),
            ("characters", Invariant($"{c.Characters.Sum():n0}, {tokenizer.Count:n0} different ones: {Shown(tokenizer)}")),
            ("split", Invariant($"the first {c.Characters[0]:n0} to learn from, the next {c.Characters[1]:n0} validation, the last {c.Characters[2]:n0} test (--validation, --test)")),
            ("model", Invariant($"{c.Model} of {(c.Layers > 1 ? $"{c.Layers} × " : "")}{c.Hidden} units on an embedding of {c.Embedding}{(c.Dropout > 0 ? $", dropout {c.Dropout:G3}" : "")}: {model.ParameterCount():n0} parameters (--model, --layers, --hidden, --embedding)")),
            ("training", Invariant($"{c.Steps:n0} steps of {c.Batch} × {c.Stretch} characters, {(double)c.Steps / perPass:0.0} times through the text (--steps, --batch, --stretch)")),
            ("memory", Invariant($"goes on from stretch to stretch; gradients reach back {c.Stretch} characters")),
            ("optimizer", Invariant($"adam, learning rate {c.LearningRate:G4} (cosine), norm of the gradients at most {c.ClipNorm:G4} (--lr, --clip)")),
        ];
    }

    /// <summary>The commonest characters, those that cannot be seen by signs for them.</summary>
    public static string Shown(CharacterTokenizer tokenizer) =>
        string.Concat(tokenizer.Vocabulary.Symbols.Take(40).Select(symbol => symbol switch { "\n" => "⏎", " " => "␣", "\t" => "⇥", _ => symbol })) + (tokenizer.Count > 40 ? " …" : "");
}
