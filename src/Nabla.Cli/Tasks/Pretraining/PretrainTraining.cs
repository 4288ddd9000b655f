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
    readonly BertTokenizer tokenizer;

    PretrainTraining(PretrainSettings settings, PretrainCorpus corpus, BertTokenizer tokenizer) =>
        (this.settings, this.corpus, this.tokenizer) = (settings, corpus, tokenizer);

    public TaskSettings Settings => settings;

    public string DataName => corpus.Name;

    public string ModelName => Invariant($"bert-{settings.Layers}x{settings.Hidden}");

    public string Unit => "sequences";

    public int? Epochs => null;

    public Goal Goal { get; } = new("mlm_accuracy", LargerIsBetter: true);

    public static PretrainTraining Begin(PretrainSettings settings)
    {
        if (settings.Hidden % settings.Heads != 0)
            throw new UserException($"--hidden {settings.Hidden} is no multiple of --heads {settings.Heads}.");
        var corpus = PretrainCorpus.Open(settings);
        var tokenizer = settings.Tokenizer.OrNull() is { } folder ? BertTokenizer.Load(folder)
            : new WordPieceTrainer(settings.Vocabulary).Train(corpus.Train.SelectMany(document => document.Sentences));
        settings.Vocabulary.Set(tokenizer.Count);
        return new(settings, corpus, tokenizer);
    }

    public static PretrainTraining Continue(PretrainSettings settings, RunFolder run) =>
        new(settings, PretrainCorpus.Open(settings), BertTokenizer.Load(ModelFolder(run)));

    /// <summary>The model of a run in Hugging Face's layout, with its tokenizer.</summary>
    public static string ModelFolder(RunFolder run) => Path.Combine(run.Folder, "model");

    public void WriteFiles(RunFolder run)
    {
        Directory.CreateDirectory(ModelFolder(run));
        tokenizer.Save(ModelFolder(run));
        Configuration.Save(ModelFolder(run), nameof(BertForPreTraining));
    }

    BertConfiguration Configuration => new()
    {
        VocabularySize = tokenizer.Count, HiddenSize = settings.Hidden, HiddenLayers = settings.Layers, AttentionHeads = settings.Heads,
        IntermediateSize = 4 * settings.Hidden, MaxPositions = settings.MaxLength, HiddenDropout = settings.Dropout,
        AttentionDropout = settings.Dropout,
        PaddingId = tokenizer.PadId,
    };

    public IReadOnlyList<(string Name, string Value)> Choices
    {
        get
        {
            var shorter = settings.ShortEpochs == 0 ? ""
                : Invariant($", {settings.ShortLength} in the first {settings.ShortEpochs} epochs");
            return
            [
                ("texts", corpus.Description + (settings.Data.HasValue ? " (--data, --documents, --sentences)" : " (--data)")),
                ("vocabulary", Invariant($"{tokenizer.Count:n0} tokens, {(settings.Tokenizer.HasValue ? settings.Tokenizer.Value : "trained on the texts")} (--tokenizer, --vocabulary)")),
                ("model", Invariant($"BERT of {settings.Layers} layers × {settings.Hidden}, {settings.Heads} heads, dropout {settings.Dropout:G3}: ") +
                    Invariant($"{NewModel().ParameterCount():n0} parameters (--layers, --hidden, --heads, --dropout)")),
                ("sequences", Invariant($"{(settings.Layout == "pairs" ? "pairs of segments" : "sentences")} of at most {settings.MaxLength} tokens{shorter} ") +
                    "(--layout, --max-length, --short-length, --short-epochs)"),
                ("masked", Invariant($"{settings.Masked:0%} of the {(settings.WholeWords ? "words" : "tokens")}, 80% [MASK], 10% random, 10% kept; new in each epoch (--masked, --whole-words)")),
                ("training", Invariant($"{settings.Steps:n0} steps of {settings.Batch:n0} tokens (--steps, --batch)")),
                ("optimizer", Invariant($"AdamW, learning rate {settings.LearningRate:G4}, warm-up {settings.WarmUp:0%}, then linear to 0; weight decay ") +
                    Invariant($"{settings.WeightDecay:G3}, gradient norm clipped at {settings.ClipNorm:G4} (--lr, --warm-up, --weight-decay, --clip)")),
            ];
        }
    }

    BertForPreTraining NewModel() => PretrainModels.New(Configuration, settings.Seed);

    public TrainingResult Train(TrainingContext context)
    {
        var model = NewModel();
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
        var masking = new PretrainingMasking(pieces, settings.Masked, settings.WholeWords);
        return examples.BatchByTokens(settings.Batch, example => example.Length, masking.Collate).Prefetch(4);
    }
}
