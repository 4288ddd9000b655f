using Nabla.Checkpoints;
using Nabla.Models;
using Nabla.Reports;
using Nabla.Text;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Tasks.Characters;

/// <summary>A training on the characters of a text.</summary>
sealed class CharacterTraining : ITraining
{
    /// <summary>Positions that are read in parallel in an evaluation, so that few of them begin without a hidden state.</summary>
    const int EvaluationStreams = 8;

    const int EvaluationSegment = 256;

    /// <summary>Evaluations of a training, each with a sample.</summary>
    const int Evaluations = 10;

    readonly CharacterSettings settings;
    readonly CharacterSource source;
    readonly CharacterTokenizer tokenizer;
    readonly int[][] parts;

    CharacterTraining(CharacterSettings settings, CharacterSource source, CharacterTokenizer tokenizer, int[][] parts) =>
        (this.settings, this.source, this.tokenizer, this.parts) = (settings, source, tokenizer, parts);

    public TaskSettings Settings => settings;

    public string DataName => source.Name;

    public string ModelName => settings.Model;

    public string Unit => "characters";

    public int? Epochs => null;

    public Goal Goal { get; } = new("loss");

    public IReadOnlyList<(string Name, string Value)> Choices => CharacterChoices.Of(settings, source, tokenizer);

    public static CharacterTraining Begin(CharacterSettings settings)
    {
        if (!settings.Data.HasValue) throw new UserException($"--data is missing: {CharacterSource.Kinds}.");
        var source = Open(settings);
        var tokenizer = CharacterTokenizer.Train([source.Text]);
        if (tokenizer.Count < 2)
            throw new UserException($"{settings.Data} is one character again and again: there is nothing to predict. Name another text.");
        var parts = Split(settings, tokenizer.Ids(source.Text));
        settings.Counts.Set([.. parts.Select(part => (long)part.Length)]);
        return new(settings, source, tokenizer, parts);
    }

    public static CharacterTraining Continue(CharacterSettings settings, RunFolder run)
    {
        var (source, tokenizer, begun) = (Open(settings), TokenizerOf(run), settings.Counts.Value);
        int[] ids;
        try
        {
            ids = tokenizer.Ids(source.Text);
        }
        catch (ArgumentException stranger)
        {
            throw new UserException($"{settings.Data} is not the text that the run was begun with: {stranger.Message} Restore it, or " +
                "begin a new run.");
        }
        var parts = Split(settings, ids);
        if (!parts.Select(part => (long)part.Length).SequenceEqual(begun))
        {
            throw new UserException(Invariant($"{settings.Data} has {ids.Length:n0} characters now, the run was begun with ") +
                Invariant($"{begun.Sum():n0}, so that its position in them is lost. ") +
                "Restore the text, or begin a new run.");
        }
        return new(settings, source, tokenizer, parts);
    }

    /// <summary>The characters of a run.</summary>
    public static CharacterTokenizer TokenizerOf(RunFolder run) =>
        TokenizerFile.Load(Path.Combine(run.Folder, TokenizerFile.Name)) as CharacterTokenizer
        ?? throw new UserException($"{run.Folder}: its {TokenizerFile.Name} is not of characters.");

    public void WriteFiles(RunFolder run) => TokenizerFile.Save(tokenizer, Path.Combine(run.Folder, TokenizerFile.Name));

    public TrainingResult Train(TrainingContext context)
    {
        var model = CharacterModels.Make(settings, tokenizer.Count);
        var carried = new TruncatedBackpropagation(model, settings.Batch);
        var trainer = new Trainer<TextStretch>(model, CharacterModels.Optimizer(settings, model), carried.Loss)
        {
            Carried = carried, Epochs = int.MaxValue, Steps = settings.Steps, EvaluateEvery = Math.Max(1, settings.Steps / Evaluations),
            ClipNorm = settings.ClipNorm, Evaluator = new CharacterEvaluator(model), CountOf = segment => segment.Next.Length,
        };
        if (context.Terminal is { } terminal)
            context = context with { Callbacks = [.. context.Callbacks, new Sampler(terminal, new WrittenCharacters(model, tokenizer))] };
        return context.Fit(trainer, settings, new TextStreams(parts[0], settings.Batch, settings.Segment), Evaluated(parts[1]));
    }

    public TrainingOutcome Conclude(RunFolder run, TrainingResult result)
    {
        var (model, test) = (CharacterModels.Make(settings, tokenizer.Count), Evaluated(parts[2]));
        Checkpoint.Load(model, run.Best);
        var metrics = new CharacterEvaluator(model).Evaluate(test);
        var sample = new WrittenCharacters(model, tokenizer).After(null, new WritingOptions { Length = 500, Temperature = 0.8 });
        var headline = Invariant($"Test: {metrics["bits_per_character"]:0.000} bits per character ({test.Tokens:n0} characters).");
        TrainingReport.Write(run, $"{ModelName} on {DataName}", headline, [.. Choices, .. RunFacts.Of(result), ("sample", sample.Trim())]);
        var fields = TrainingOutcome.Metrics(result, metrics);
        fields["sample"] = sample;
        return new(headline, fields, ["", .. sample.Trim().Split('\n'), ""], $"nabla generate {run.Folder} --prompt TEXT");
    }

    static CharacterSource Open(CharacterSettings settings)
    {
        settings.Data.Set(Path.Exists(settings.Data) ? Path.GetFullPath(settings.Data) : settings.Data.Value);
        var source = CharacterSource.Open(settings.Data);
        return source.Text.Length > 0 ? source
            : throw new UserException($"{settings.Data} is empty. Give a text of some thousand characters at least.");
    }

    /// <summary>Training, validation and test: the text in this order.</summary>
    static int[][] Split(CharacterSettings settings, int[] ids)
    {
        var (validation, test) = ((int)(ids.Length * settings.Validation), (int)(ids.Length * settings.Test));
        var train = ids.Length - validation - test;
        if (train <= 0) throw new UserException("--validation and --test leave nothing to train on. Lower them, such as to 0.05 each.");
        int[][] parts = [ids[..train], ids[train..(train + validation)], ids[(train + validation)..]];
        if (parts[0].Length > settings.Batch && parts[1].Length > EvaluationStreams && parts[2].Length > EvaluationStreams) return parts;
        throw new UserException(Invariant($"{settings.Data} has {ids.Length:n0} characters: {parts[0].Length:n0} for training, ") +
            Invariant($"{parts[1].Length:n0} for validation and {parts[2].Length:n0} for the test are too few for {settings.Batch} ") +
            "positions in parallel. Give more text, or lower --batch.");
    }

    static TextStreams Evaluated(int[] part) => new(part, EvaluationStreams, EvaluationSegment);

    /// <summary>Shows what the model generates as it learns.</summary>
    sealed class Sampler(Terminal terminal, WrittenCharacters writer) : ITrainingCallback
    {
        const int Length = 160;

        public void OnEvaluation(Evaluation evaluation)
        {
            var sample = writer.After(null, new WritingOptions { Length = Length, Temperature = 0.8 });
            terminal.Line($"    [grey]{Markup.Escape(sample.Replace("\n", " ⏎ ", StringComparison.Ordinal).Trim())}[/]");
        }
    }
}
