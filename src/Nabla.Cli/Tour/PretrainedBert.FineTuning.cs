using Nabla.Reports;

namespace Nabla.Cli.Tour;

/// <summary>A new head and a few seconds of training: pairs of verses.</summary>
sealed partial class PretrainedBert
{
    /// <summary>Steps whose mean loss is one point of the curve.</summary>
    const int LossSteps = 5;

    static readonly string[] JudgeNames = ["pretrained", "overlap"];

    static void Tune(Stage stage, MiniBert bert)
    {
        var pairs = new ChapterPairs(bert);
        stage.Say(Invariant($"Are two verses of the same chapter? A new head learns it from {pairs.Training.Count:n0} pairs, together ") +
            "with all weights below it.");
        var tuned = pairs.FineTune(stage, bert);
        PairJudge[] judges = [tuned, pairs.ByWords()];
        foreach (var (name, judge) in JudgeNames.Zip(judges))
        {
            stage.Say(Invariant($"{judge.Name,-22} accuracy {judge.Counts.Accuracy:0.0%}, F1 {judge.Counts.F1:0.000}"));
            stage.Result($"{name}Accuracy", judge.Counts.Accuracy);
            stage.Result($"{name}F1", judge.Counts.F1);
        }
        foreach (var (name, count) in new[]
        {
            ("truePositives", tuned.Counts.TruePositives), ("falsePositives", tuned.Counts.FalsePositives),
            ("trueNegatives", tuned.Counts.TrueNegatives), ("falseNegatives", tuned.Counts.FalseNegatives),
        }) stage.Result(name, count);
        stage.Check("Fine-tuned on a few hundred pairs, it is more accurate on held-out pairs than word overlap.",
            tuned.Counts.Accuracy > judges[1].Counts.Accuracy);
        Train(stage.Page, pairs, tuned);
        Compare(stage.Page, pairs, judges);
    }

    static void Train(ChapterPage page, ChapterPairs pairs, PairJudge tuned)
    {
        page.Section("Fine-tuning");
        page.Paragraph("For a task of one's own the heads of the pretraining are replaced by a new one, and all weights are trained " +
            "further, at a small rate and for a short time. The task here: are these two verses of the same chapter? The first is in " +
            "the King James Version, the second in the World English Bible. Half of the pairs stand " +
            Invariant($"{ChapterPairs.LeastDistance}–{ChapterPairs.MostDistance} verses apart, in the others the second is of ") +
            Invariant($"another book. {pairs.Training.Count:n0} pairs, verses of at most {ChapterPairs.LongestVerse} tokens, are seen ") +
            Invariant($"once; {pairs.Test.Count} pairs of the held-out chapters are the test."));
        page.Code(Invariant($$"""
            var model = new BertForSequenceClassification(sizes with { Labels = ["another", "the same"] }).Initialize(seed: 3);
            BertCheckpoint.Load(model, folder, newHead: true);     // the pretrained weights, but a head of its own
            var optimizer = FineTuning.Optimizer(model, {{ChapterPairs.LearningRate}});   // no weight decay of biases and normalisations
            optimizer.Schedule = new LinearWithWarmUp({{ChapterPairs.LearningRate}}, {{ChapterPairs.WarmUpSteps}}, {{ChapterPairs.Steps}});
            foreach (var batch in batches)                         // of {{ChapterPairs.BatchSize}} pairs
                optimizer.Step(Gradients.Of(() => FineTuning.Loss(model, batch)).Gradients.ClipNorm(1));
            """));
        page.Plot(new Plot("step", "cross-entropy").Line(Steps(tuned), Means(tuned), Ink.Blue).Mark(Ink.Muted, y: Math.Log(2)),
            "The training losses of the fine-tuning",
            Invariant($"The training losses, means of {LossSteps} steps. The grey line is log 2, the loss of guessing. No pair is seen ") +
            "twice, so these are losses on pairs that the model has not seen yet.", height: 300);
    }

    static double[] Means(PairJudge judge) => [.. judge.Losses.Chunk(LossSteps).Select(losses => losses.Average())];

    static double[] Steps(PairJudge judge) => [.. Enumerable.Range(1, Means(judge).Length).Select(i => (double)(i * LossSteps))];

    static void Compare(ChapterPage page, ChapterPairs pairs, PairJudge[] judges)
    {
        page.Drawing(Drawings.Counts(judges[0].Counts, "the same", "another"),
            Invariant($"The fine-tuned model on {pairs.Test.Count} pairs of held-out verses."));
        page.Table(["decides by", "accuracy", "precision", "recall", "F1"],
        [
            .. judges.Select(judge => (string[])
            [
                judge.Name, Invariant($"{judge.Counts.Accuracy:0.0%}"), Invariant($"{judge.Counts.Precision:0.000}"),
                Invariant($"{judge.Counts.Recall:0.000}"), Invariant($"{judge.Counts.F1:0.000}"),
            ]),
            ["guessing", "50%", "", "", ""],
        ]);
        page.Paragraph("Word overlap has one number to learn, the threshold of the highest accuracy on the training pairs: verses are of " +
            Invariant($"the same chapter if they share at least {judges[1].Threshold:0%} of their words."));
        page.Table(["first verse", "second verse", "chapter", "the same"], Shown(pairs, judges[0]), numbers: false);
        page.Notice(
            "A gap asks for grammar, for names, for what happens in a story. No label was needed to learn them, only text.",
            "What a few lines compute by counting words is the number to beat. Compute it first, and report it beside the model.",
            "The task is near to next-sentence prediction, so that the pretraining helps from the first steps. It does not always: for " +
            "“do these two verses say the same?” this model learns worse from 4,000 pairs than one from random values " +
            "(docs/training.md). Measure it.",
            "`nabla train text --model` fine-tunes any BERT on a table of your own; `nabla fill-mask` asks it for what is missing.");
    }

    /// <summary>For each truth a pair that is decided correctly and the worst error.</summary>
    static IEnumerable<string[]> Shown(ChapterPairs pairs, PairJudge tuned)
    {
        foreach (var isSame in (bool[])[true, false])
        {
            var ordered = pairs.Test.Zip(tuned.Probabilities).Where(one => one.First.IsSame == isSame)
                .OrderByDescending(one => isSame ? one.Second : -one.Second).ToArray();
            foreach (var (entry, same) in new[] { ordered[ordered.Length / 4], ordered[^1] })
            {
                yield return [Plain(entry.First.KingJames), Plain(entry.Second.WorldEnglish), isSame ? "the same" : "another",
                    Invariant($"{same:0.00} {(same >= 0.5 == isSame ? "✓" : "✗")}")];
            }
        }
    }
}
