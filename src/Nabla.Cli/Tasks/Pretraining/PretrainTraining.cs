using Nabla.Checkpoints;
using Nabla.Data;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Reports;
using Nabla.Schedules;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Tasks.Pretraining;

/// <summary>A pretraining with its corpus opened and its tokenizer at hand.</summary>
sealed class PretrainTraining : ITraining
{
    /// <summary>Evaluations of a training.</summary>
    const int Evaluations = 20;

    /// <summary>Sequences that are shuffled together: those of one document stand behind one another.</summary>
    const int ShuffleBuffer = 20_000;

    readonly PretrainSettings settings;
    readonly PretrainCorpus corpus;
    readonly BertConfiguration configuration;
    readonly BertTokenizer tokenizer;

    PretrainTraining(PretrainSettings settings, PretrainCorpus corpus, BertConfiguration configuration, BertTokenizer tokenizer) =>
        (this.settings, this.corpus, this.configuration, this.tokenizer) = (settings, corpus, configuration, tokenizer);

    public TaskSettings Settings => settings;

    public string DataName => corpus.Name;

    public string ModelName => Invariant($"bert-{settings.Layers}x{settings.Hidden}");

    public string Unit => "predictions";

    public int? Epochs => null;

    public Goal Goal { get; } = new("mlm_accuracy", LargerIsBetter: true);

    public static PretrainTraining Begin(PretrainSettings settings)
    {
        if (settings.Model.HasValue) return FromPretrained(settings);
        if (settings.Hidden % settings.Heads != 0)
            throw new UserException($"--hidden {settings.Hidden} is no multiple of --heads {settings.Heads}.");
        var corpus = PretrainCorpus.Open(settings);
        var tokenizer = settings.Tokenizer.OrNull() is { } folder ? BertTokenizer.Load(folder)
            : NewTokenizer(settings.Vocabulary, corpus);
        settings.Vocabulary.Set(tokenizer.Count);
        return new(settings, corpus, PretrainModels.Sizes(settings, tokenizer), tokenizer);
    }

    static BertTokenizer NewTokenizer(int vocabulary, PretrainCorpus corpus)
    {
        try
        {
            return new WordPieceTrainer(vocabulary).Train(corpus.Train.SelectMany(document => document.Sentences));
        }
        catch (ArgumentException error)
        {
            throw new UserException($"--vocabulary {vocabulary}: {error.Message}");
        }
    }

    /// <summary>The pretraining of another model goes on, with its sizes and its tokenizer (Gururangan et al. 2020).</summary>
    static PretrainTraining FromPretrained(PretrainSettings settings)
    {
        var pretrained = PretrainModels.Open(settings);
        return new(settings, PretrainCorpus.Open(settings), pretrained.Configuration, pretrained.Tokenizer);
    }

    public static PretrainTraining Continue(PretrainSettings settings, RunFolder run) =>
        new(settings, PretrainCorpus.Open(settings), BertConfiguration.Load(ModelFolder(run)), BertTokenizer.Load(ModelFolder(run)));

    /// <summary>The model of a run in Hugging Face's layout, with its tokenizer.</summary>
    public static string ModelFolder(RunFolder run) => Path.Combine(run.Folder, "model");

    public void WriteFiles(RunFolder run)
    {
        Directory.CreateDirectory(ModelFolder(run));
        tokenizer.Save(ModelFolder(run));
        configuration.Save(ModelFolder(run), nameof(BertForPreTraining));
    }

    public IReadOnlyList<(string Name, string Value)> Choices
    {
        get
        {
            var shorter = settings.ShortEpochs == 0 ? ""
                : Invariant($", {settings.ShortLength} in the first {settings.ShortEpochs} epochs");
            return
            [
                ("texts", corpus.Description + (settings.Data.HasValue ? " (--data, --documents, --sentences)" : " (--data)")),
                ("vocabulary", Invariant($"{tokenizer.Count:n0} tokens, {VocabularySource} (--tokenizer, --vocabulary)")),
                ("model", Invariant($"BERT of {settings.Layers} layers × {settings.Hidden}, {settings.Heads} heads, dropout ") +
                    Invariant($"{settings.Dropout:G3}: {NewModel().ParameterCount():n0} parameters, {ModelSource} ") +
                    "(--model, --layers, --hidden, --heads, --dropout)"),
                ("sequences", Invariant($"{(settings.Layout == "pairs" ? "pairs of segments" : "sentences")} of at most ") +
                    Invariant($"{settings.MaxLength} tokens{shorter} (--layout, --max-length, --short-length, --short-epochs)")),
                ("masked", Invariant($"{settings.Masked:0%} of the {(settings.WholeWords ? "words" : "tokens")}, 80% [MASK], 10% ") +
                    "random, 10% kept; new in each epoch (--masked, --whole-words)"),
                ("training", Invariant($"{settings.Steps:n0} steps of {settings.Batch:n0} tokens (--steps, --batch)")),
                ("optimizer", Invariant($"AdamW, learning rate {settings.LearningRate:G4}, warm-up {settings.WarmUp:0%}, then linear to ") +
                    Invariant($"0; weight decay {settings.WeightDecay:G3}, gradient norm clipped at {settings.ClipNorm:G4} ") +
                    "(--lr, --warm-up, --weight-decay, --clip)"),
            ];
        }
    }

    string VocabularySource => settings.Model.HasValue ? "the model's" : settings.Tokenizer.HasValue ? settings.Tokenizer.Value
        : "trained on the texts";

    string ModelSource => settings.Model.HasValue ? $"pretrained: {settings.Model.Value}" : "new";

    BertForPreTraining NewModel() => PretrainModels.New(configuration, settings.Seed);

    public TrainingResult Train(TrainingContext context)
    {
        var model = NewModel();
        if (settings.Model.HasValue && (!context.Resume || !context.Run.HasState))
            BertCheckpoint.Load(model, PretrainModels.Open(settings).Folder);
        var warmUp = Math.Max(1, (long)(settings.Steps * settings.WarmUp));
        var optimizer = new AdamW(ParameterGroup.ForFineTuning(model), settings.LearningRate)
        {
            Beta2 = 0.98, Epsilon = 1e-6, WeightDecay = settings.WeightDecay, Schedule = new LinearWithWarmUp(settings.LearningRate, warmUp,
                Math.Max(warmUp + 1, settings.Steps)),
        };
        var trainer = new Trainer<PretrainingBatch, int>(model, optimizer, batch => (BertPretraining.Losses(model, batch), batch.Count),
            BertPretraining.Terms)
        {
            Epochs = int.MaxValue, Steps = settings.Steps, EvaluateEvery = Math.Max(1, settings.Steps / Evaluations),
            ClipNorm = settings.ClipNorm,
            Evaluator = new PretrainingEvaluator(model),
        };
        return context.Fit(trainer, settings, Batches(corpus.Train, training: true), Batches(corpus.Validation, training: false));
    }

    public TrainingOutcome Conclude(RunFolder run, TrainingResult result)
    {
        var model = NewModel();
        Checkpoint.Load(model, run.Best);
        BertCheckpoint.Save(model, ModelFolder(run));
        var metrics = new PretrainingEvaluator(model).Evaluate(Batches(corpus.Validation, training: false));
        var pairs = metrics.TryGetValue("nsp_accuracy", out var nextSentence) ? Invariant($", next sentence {nextSentence:0.0%}") : "";
        var headline = Invariant($"Held-out texts: masked tokens {metrics["mlm_accuracy"]:0.0%} correct{pairs}.");
        TrainingReport.Write(run, $"{ModelName} on {DataName}", headline, [.. Choices, .. RunFacts.Of(result)]);
        return new(headline, TrainingOutcome.Metrics(result, metrics), [], $"nabla fill-mask \"… [MASK] …\" --model {ModelFolder(run)}");
    }

    Pipeline<PretrainingBatch> Batches(Pipeline<TextDocument> documents, bool training)
    {
        var pieces = PretrainingTokenizer.From(tokenizer);
        var layout = settings.Layout == "pairs" ? PretrainingLayout.SegmentPairs : PretrainingLayout.DocumentSentences;
        var options = new PretrainingOptions
        {
            Layout = layout, MaxLength = settings.MaxLength, ShortProbability = training ? 0.1 : 0,
            ShorterFirst = training && settings.ShortEpochs > 0 ? [new(settings.ShortEpochs, settings.ShortLength)] : [],
        };
        var tokens = documents.Tokenize(pieces);
        if (corpus.IsInMemory) tokens = Dataset.From(tokens.ToArray());
        var examples = tokens.ToPretrainingExamples(pieces, options, settings.Seed);
        if (training) examples = examples.Shuffle(settings.Seed, buffer: ShuffleBuffer);
        // Evaluated as BERT is, whatever it is trained with, so that accuracies can be compared.
        var masking = training ? new PretrainingMasking(pieces, settings.Masked, settings.WholeWords) : new PretrainingMasking(pieces);
        return examples.BatchByTokens(settings.Batch, example => example.Length, masking.Collate).Prefetch(4);
    }
}
