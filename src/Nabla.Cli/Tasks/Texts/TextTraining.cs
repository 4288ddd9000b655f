using Nabla.Checkpoints;
using Nabla.Cli.Datasets;
using Nabla.Data;
using Nabla.Losses;
using Nabla.Reports;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Tasks.Texts;

/// <summary>A training on texts.</summary>
sealed class TextTraining : ITraining
{
    /// <summary>The four of <see cref="SpecialSymbols.All"/>, and a word.</summary>
    const int LeastVocabulary = 5;

    /// <summary>Rarer words cannot be learned.</summary>
    const int LeastCount = 2;

    const int DefaultEpochs = 5;

    /// <summary>With fewer steps in an epoch than this, batches are made smaller.</summary>
    const int LeastSteps = 20, LeastBatch = 1024, MostBatch = 8192;

    readonly TextSettings settings;
    readonly TextSource source;
    readonly WordTokenizer tokenizer;

    TextTraining(TextSettings settings, TextSource source, ExampleParts<LabelledText> parts, WordTokenizer tokenizer) =>
        (this.settings, this.source, Parts, this.tokenizer) = (settings, source, parts, tokenizer);

    /// <summary>The parts of the data.</summary>
    public ExampleParts<LabelledText> Parts { get; }

    public TaskSettings Settings => settings;

    public string DataName => source.Name;

    public string ModelName => settings.Model;

    public string Unit => "texts";

    public int? Epochs => settings.Epochs;

    public Goal Goal => TextEvaluator.MacroF1;

    public IReadOnlyList<(string Name, string Value)> Choices => TextChoices.Of(settings, source, Parts);

    public static TextTraining Begin(TextSettings settings)
    {
        if (!settings.Data.HasValue) throw new UserException($"--data is missing: {TextSource.Kinds}.");
        if (settings.Vocabulary < LeastVocabulary) throw new UserException(
            $"--vocabulary {settings.Vocabulary}: at least {LeastVocabulary} are needed, four special symbols and a word.");
        TextModels.Check(settings.Model, settings.Width);
        TaskSettings.RequireNotGiven($"it is for a pretrained model (--model FOLDER|ORG/NAME), not for {settings.Model}", settings.Regression,
            settings.TagColumn, settings.Freeze, settings.LayerDecay, settings.Examples);
        var source = Open(settings);
        if (source.Classes.Count < 2) throw new UserException($"{settings.Data} has {source.Classes.Count} class; at least 2 are needed.");
        var parts = TextParts.Of(source, settings.Validation, settings.Test, settings.Split);
        var tokenizer = WordTokenizer.Train(parts.Train.Select(text => text.Text), lowercase: !settings.Cased, LeastCount,
            settings.Vocabulary, SpecialSymbols.All);
        Choose(settings, source, parts, tokenizer);
        return new(settings, source, parts, tokenizer);
    }

    public static TextTraining Continue(TextSettings settings, RunFolder run)
    {
        var source = Open(settings);
        var parts = TextParts.Of(source, settings.Validation, settings.Test, settings.Split);
        if (!source.Classes.SequenceEqual(settings.Classes.Value) || !parts.Counts.SequenceEqual(settings.Texts.Value))
        {
            throw new UserException(Invariant($"{settings.Data} has {parts.Counts.Sum():n0} texts of the classes ") +
                Invariant($"{TextChoices.Listed(source.Classes)} now; the run was begun with {settings.Texts.Value.Sum():n0} of ") +
                Invariant($"{TextChoices.Listed(settings.Classes.Value)}. ") +
                "Restore the data, or begin a new run.");
        }
        return new(settings, source, parts, TokenizerOf(run));
    }

    /// <summary>The tokenizer of a run.</summary>
    public static WordTokenizer TokenizerOf(RunFolder run) =>
        TokenizerFile.Load(Path.Combine(run.Folder, TokenizerFile.Name)) as WordTokenizer
        ?? throw new UserException($"{Path.Combine(run.Folder, TokenizerFile.Name)} is not a tokenizer of words, which `nabla " +
            "train text` saves.");

    public void WriteFiles(RunFolder run) => TokenizerFile.Save(tokenizer, Path.Combine(run.Folder, TokenizerFile.Name));

    public TrainingResult Train(TrainingContext context)
    {
        var model = TextModels.Make(settings);
        Tensor Loss(TextBatch batch) => model.Forward(batch.Tokens).CrossEntropy(batch.Labels);
        var trainer = new Trainer<TextBatch>(model, TextModels.Optimizer(settings, model), Loss)
        {
            Epochs = settings.Epochs, ClipNorm = settings.ClipNorm, CountOf = batch => batch.Labels.Length,
            Schedule = TextModels.Schedule(settings, TextParts.Steps(Parts.Train, tokenizer, settings)),
            Evaluator = new TextEvaluator(model, settings.Classes.Value.Length),
        };
        return context.Fit(trainer, settings, TextParts.Training(Parts.Train, tokenizer, settings),
            TextParts.Evaluation(Parts.Validation, tokenizer, settings));
    }

    public TrainingOutcome Conclude(RunFolder run, TrainingResult result)
    {
        var (evaluator, test) = Evaluate(settings, run.Best, Parts.Test, tokenizer);
        var texts = Invariant($"{Parts.Test.Count:n0} texts");
        var headline = evaluator.Headline("Test accuracy", test, settings.Classes.Value, texts);
        TrainingReport.Write(run, $"{ModelName} on {DataName}", headline, [.. Choices, .. RunFacts.Of(result)],
            new($"{texts} of the test part", evaluator.Matrix, settings.Classes.Value, []));
        return new(headline, TrainingOutcome.Metrics(result, test), [], $"nabla predict {run.Folder} \"TEXT\" …");
    }

    /// <summary>The metrics of a checkpoint on texts.</summary>
    public static (TextEvaluator Evaluator, IReadOnlyDictionary<string, double> Metrics) Evaluate(TextSettings settings, string checkpoint,
        Dataset<LabelledText> texts, ITokenizer tokenizer)
    {
        var model = TextModels.Make(settings);
        Checkpoint.Load(model, checkpoint);
        var evaluator = new TextEvaluator(model, settings.Classes.Value.Length);
        return (evaluator, evaluator.Evaluate(TextParts.Evaluation(texts, tokenizer, settings)));
    }

    static TextSource Open(TextSettings settings)
    {
        settings.Data.Set(Path.Exists(settings.Data) && !TextSource.IsKnown(settings.Data) ? Path.GetFullPath(settings.Data)
            : settings.Data.Value);
        return TextSource.Open(settings.Data, settings);
    }

    /// <summary>What depends on the data or on other settings.</summary>
    static void Choose(TextSettings settings, TextSource source, ExampleParts<LabelledText> parts, WordTokenizer tokenizer)
    {
        var model = settings.Model.Value;
        settings.Epochs.Choose(DefaultEpochs);
        settings.Layers.Choose(TextModels.DefaultLayers(model));
        settings.Dropout.Choose(TextModels.DefaultDropout(model));
        settings.LearningRate.Choose(TextModels.DefaultRate(model));
        var tokens = parts.Train.Sum(text => (long)TextParts.Ids(tokenizer, text.Text, settings.Tokens).Length);
        settings.Batch.Choose((int)Math.Clamp(tokens / LeastSteps, LeastBatch, MostBatch));
        // One more for the start symbol.
        settings.Batch.Set(Math.Max(settings.Batch, settings.Tokens + 1));
        settings.Vocabulary.Set(tokenizer.Count);
        if (source.Columns is var (text, pair, label))
        {
            settings.TextColumn.Set(text);
            if (pair is not null) settings.PairColumn.Set(pair);
            settings.LabelColumn.Set(label);
        }
        settings.IsMail.Set(source.IsMail);
        settings.Texts.Set(parts.Counts);
        settings.Classes.Set([.. source.Classes]);
    }
}
