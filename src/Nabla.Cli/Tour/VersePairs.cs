using Nabla.Cli.Datasets;
using Nabla.Data;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Schedules;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.Cli.Tour;

/// <summary>A way to decide whether two verses say the same, on the test pairs.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Scores">The higher, the more alike.</param>
/// <param name="Threshold">From which score on they say the same.</param>
sealed record PairJudge(string Name, BinaryScores Scores, double Threshold)
{
    public BinaryCounts Counts => Scores.At(Threshold);

    /// <summary>The training losses of each step; empty where nothing was trained by gradients.</summary>
    public IReadOnlyList<double> Losses { get; init; } = [];

    /// <summary>The score of each test pair; empty where nothing was trained by gradients.</summary>
    public IReadOnlyList<double> Probabilities { get; init; } = [];
}

/// <summary>"Do these two verses say the same?" on short verses: <see cref="Paraphrases"/>.</summary>
sealed class VersePairs
{
    /// <summary>Tokens of the first verse at most: short pairs fit more examples into the seconds that a reader waits.</summary>
    public const int LongestVerse = 20;

    public const int TrainingPairs = 2000, TestPairs = 500, BatchSize = 16;

    public const double LearningRate = 3e-4;

    public const int Steps = TrainingPairs / BatchSize, WarmUpSteps = Steps / 10;

    const double ClipNorm = 1;

    const ulong TrainingSeed = 1, TestSeed = 2, ModelSeed = 3;

    public VersePairs(MiniBert bert)
    {
        Training = Chosen(bert.Tokenizer, DataPart.Train, TrainingPairs, TrainingSeed);
        Test = Chosen(bert.Tokenizer, DataPart.Test, TestPairs, TestSeed);
    }

    /// <summary>A pair with its tokens.</summary>
    public sealed record Entry(Paraphrase Pair, EncodedText Text)
    {
        public EncodedExample Example { get; } = EncodedExample.OfClass(Text, Pair.IsSame ? 1 : 0);
    }

    /// <summary>Pairs of the training chapters, shuffled.</summary>
    public IReadOnlyList<Entry> Training { get; }

    /// <summary>Pairs of the test chapters, shuffled.</summary>
    public IReadOnlyList<Entry> Test { get; }

    static Entry[] Chosen(BertTokenizer tokenizer, DataPart part, int count, ulong seed)
    {
        var pairs = Paraphrases.Pairs(part).ToArray();
        return [.. new Generator(seed).Permutation(pairs.Length).Select(i => pairs[i])
            .Where(pair => tokenizer.Encode(pair.First).Count <= LongestVerse).Take(count)
            .Select(pair => new Entry(pair, tokenizer.Encode(pair.First, pair.Second, new())))];
    }

    /// <summary>The fraction of words that both verses share.</summary>
    public PairJudge ByWords() => ByFeature("word overlap", entry =>
        Paraphrases.Likeness(Paraphrases.WordsOf(entry.Pair.First), Paraphrases.WordsOf(entry.Pair.Second)));

    /// <summary>How many tokens one verse has more than the other, whatever they are.</summary>
    public PairJudge ByLength() => ByFeature("difference of lengths", entry =>
        -Math.Abs(entry.Text.TypeIds.Count(type => type == 0) - 1 - entry.Text.TypeIds.Count(type => type == 1)));

    /// <summary>A number of each pair, with the threshold of the highest accuracy on the training pairs.</summary>
    PairJudge ByFeature(string name, Func<Entry, double> feature)
    {
        var (training, test) = (Scored(Training, [.. Training.Select(feature)]), Scored(Test, [.. Test.Select(feature)]));
        return new(name, test, training.RocCurve().Select(point => point.Threshold).MaxBy(threshold => training.At(threshold).Accuracy));
    }

    static BinaryScores Scored(IReadOnlyList<Entry> entries, double[] values)
    {
        var scores = new BinaryScores();
        scores.Update<double>([.. entries.Select(entry => entry.Pair.IsSame)], values);
        return scores;
    }

    /// <summary>A BERT with a new head, trained on the training pairs once.</summary>
    /// <param name="stage">Where progress is shown.</param>
    /// <param name="bert">Whose sizes, and whose pretrained weights unless it begins from random values.</param>
    /// <param name="pretrained">Whether it begins from the pretrained weights, or from the values that pretraining began with.</param>
    public PairJudge FineTune(Stage stage, MiniBert bert, bool pretrained)
    {
        var name = pretrained ? "BERT, pretrained" : "BERT from random values";
        var model = new BertForSequenceClassification(bert.Sizes with { Labels = ["another", "the same"] }).Initialize(ModelSeed);
        if (pretrained) BertCheckpoint.Load(model, MiniBert.Folder, newHead: true);
        else LocalHeads.Initialize(model.Bert);
        var batches = Training.Select(entry => entry.Example).Chunk(BatchSize).Select(FineTuningBatch.From).ToArray();
        var optimizer = FineTuning.Optimizer(model, LearningRate);
        optimizer.Schedule = new LinearWithWarmUp(LearningRate, WarmUpSteps, Steps);
        var losses = new double[Steps];
        stage.Repeat(name, Steps, step =>
        {
            var (loss, gradients) = Gradients.Of(() => FineTuning.Loss(model, batches[step]));
            optimizer.Step(gradients.ClipNorm(ClipNorm));
            losses[step] = loss.Item();
            return null;
        });
        var probabilities = Probabilities(model);
        return new(name, Scored(Test, probabilities), 0.5) { Losses = losses, Probabilities = probabilities };
    }

    /// <summary>How probable it is that the verses of each test pair say the same.</summary>
    double[] Probabilities(BertForSequenceClassification model) => [.. Test.Chunk(2 * BatchSize).SelectMany(entries =>
        model.Forward(BertInput.From([.. entries.Select(entry => entry.Text)])).Softmax()[.., 1].Doubles())];
}
