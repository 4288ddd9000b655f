using Nabla.Cli.Datasets;
using Nabla.Data;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Schedules;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Tour;

/// <summary>A way to decide whether two verses are of the same chapter, on the test pairs.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Scores">The higher, the likelier.</param>
/// <param name="Threshold">From which score on they are.</param>
sealed record PairJudge(string Name, BinaryScores Scores, double Threshold)
{
    public BinaryCounts Counts => Scores.At(Threshold);

    /// <summary>The training losses of each step; empty where nothing was trained by gradients.</summary>
    public IReadOnlyList<double> Losses { get; init; } = [];

    /// <summary>The score of each test pair; empty where nothing was trained by gradients.</summary>
    public IReadOnlyList<double> Probabilities { get; init; } = [];
}

/// <summary>
/// "Are these two verses of the same chapter?" The first is of the King James Version, the second of the World English Bible: one that
/// stands near the first but not beside it, or one of another book. Both answers are equally frequent.
/// </summary>
sealed class ChapterPairs
{
    /// <summary>Tokens of a verse at most: short pairs fit more examples into the seconds that a reader waits.</summary>
    public const int LongestVerse = 20;

    /// <summary>How many verses apart two of the same chapter are.</summary>
    public const int LeastDistance = 2, MostDistance = 8;

    public const int TrainingPairs = 480, TestPairs = 240, BatchSize = 16;

    public const double LearningRate = 3e-4;

    public const int Steps = TrainingPairs / BatchSize, WarmUpSteps = Steps / 10;

    const double ClipNorm = 1;

    const ulong TrainingSeed = 1, TestSeed = 2, ModelSeed = 3;

    public ChapterPairs(MiniBert bert)
    {
        Training = Chosen(bert.Tokenizer, DataPart.Train, TrainingPairs, TrainingSeed);
        Test = Chosen(bert.Tokenizer, DataPart.Test, TestPairs, TestSeed);
    }

    /// <summary>A pair with its tokens.</summary>
    public sealed record Entry(Verse First, Verse Second, EncodedText Text)
    {
        public bool IsSame => First.ChapterName == Second.ChapterName;

        public EncodedExample Example { get; } = EncodedExample.OfClass(Text, First.ChapterName == Second.ChapterName ? 1 : 0);
    }

    /// <summary>Pairs of the training chapters; every second one is of the same chapter.</summary>
    public IReadOnlyList<Entry> Training { get; }

    /// <summary>Pairs of the test chapters.</summary>
    public IReadOnlyList<Entry> Test { get; }

    static Entry[] Chosen(BertTokenizer tokenizer, DataPart part, int count, ulong seed)
    {
        bool IsShort(string text) => tokenizer.Encode(text).Count <= LongestVerse;
        var verses = Verses.All().Where(verse => EnglishCorpus.Split.PartOf(verse.ChapterName) == part
            && IsShort(verse.KingJames) && IsShort(verse.WorldEnglish)).ToArray();
        var chapters = verses.ToLookup(verse => verse.ChapterName);
        var (random, entries) = (new Generator(seed), new List<Entry>());
        while (entries.Count < count)
        {
            var first = verses[random.NextInt(verses.Length)];
            Verse[] near = [.. chapters[first.ChapterName].Where(verse =>
                Math.Abs(verse.Number - first.Number) is >= LeastDistance and <= MostDistance)];
            var other = verses[random.NextInt(verses.Length)];
            var isSame = entries.Count % 2 == 0;
            if (isSame ? near.Length == 0 : other.Book == first.Book) continue;
            var second = isSame ? near[random.NextInt(near.Length)] : other;
            entries.Add(new(first, second, tokenizer.Encode(first.KingJames, second.WorldEnglish, new())));
        }
        return [.. entries];
    }

    /// <summary>The fraction of words that both verses share, with the threshold of the highest accuracy on the training pairs.</summary>
    public PairJudge ByWords()
    {
        static double Shared(Entry entry) =>
            Paraphrases.Likeness(Paraphrases.WordsOf(entry.First.KingJames), Paraphrases.WordsOf(entry.Second.WorldEnglish));
        var (training, test) = (Scored(Training, [.. Training.Select(Shared)]), Scored(Test, [.. Test.Select(Shared)]));
        return new("word overlap", test,
            training.RocCurve().Select(point => point.Threshold).MaxBy(threshold => training.At(threshold).Accuracy));
    }

    static BinaryScores Scored(IReadOnlyList<Entry> entries, double[] values)
    {
        var scores = new BinaryScores();
        scores.Update<double>([.. entries.Select(entry => entry.IsSame)], values);
        return scores;
    }

    /// <summary>The BERT with a new head, trained on the training pairs once.</summary>
    /// <param name="stage">Where progress is shown.</param>
    /// <param name="bert">Whose sizes and pretrained weights.</param>
    public PairJudge FineTune(Stage stage, MiniBert bert)
    {
        var model = new BertForSequenceClassification(bert.Sizes with { Labels = ["another", "the same"] }).Initialize(ModelSeed);
        BertCheckpoint.Load(model, MiniBert.Folder, newHead: true);
        var batches = Training.Select(entry => entry.Example).Chunk(BatchSize).Select(FineTuningBatch.From).ToArray();
        var optimizer = FineTuning.Optimizer(model, LearningRate);
        optimizer.Schedule = new LinearWithWarmUp(LearningRate, WarmUpSteps, Steps);
        var losses = new double[Steps];
        stage.Repeat("fine-tuning", Steps, step =>
        {
            var (loss, gradients) = Gradients.Of(() => FineTuning.Loss(model, batches[step]));
            optimizer.Step(gradients.ClipNorm(ClipNorm));
            losses[step] = loss.Item();
            return null;
        });
        var probabilities = Probabilities(model);
        return new("BERT, fine-tuned", Scored(Test, probabilities), 0.5) { Losses = losses, Probabilities = probabilities };
    }

    /// <summary>How probable it is that the verses of each test pair are of the same chapter.</summary>
    double[] Probabilities(BertForSequenceClassification model) => [.. Test.Chunk(2 * BatchSize).SelectMany(entries =>
        model.Forward(BertInput.From([.. entries.Select(entry => entry.Text)])).Softmax()[.., 1].Doubles())];
}
