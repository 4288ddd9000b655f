using Nabla.Reports;

namespace Nabla.Cli.Tour;

/// <summary>A new head and a few seconds of training: pairs of verses.</summary>
sealed partial class PretrainedBert
{
    /// <summary>Steps whose mean loss is one point of the curve.</summary>
    const int LossSteps = 5;

    static readonly string[] JudgeNames = ["pretrained", "random", "overlap", "length"];

    static void Tune(Stage stage, MiniBert bert)
    {
        var pairs = new VersePairs(bert);
        stage.Say(Invariant($"Do these two verses say the same? A new head learns it from {pairs.Training.Count:n0} pairs, together ") +
            "with all weights below it. That takes some seconds, twice.");
        var (tuned, scratch) = (pairs.FineTune(stage, bert, pretrained: true), pairs.FineTune(stage, bert, pretrained: false));
        PairJudge[] judges = [tuned, scratch, pairs.ByWords(), pairs.ByLength()];
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
        stage.Check("Fine-tuned, it decides at least 65% of the pairs of held-out verses correctly, where guessing gets half of them.",
            tuned.Counts.Accuracy >= 0.65);
        Train(stage.Page, pairs, tuned, scratch);
        Compare(stage.Page, pairs, judges);
    }

    static void Train(ChapterPage page, VersePairs pairs, PairJudge tuned, PairJudge scratch)
    {
        page.Section("Fine-tuning");
        page.Paragraph("For a task of one's own the heads of the pretraining are replaced by a new one, and all weights are trained " +
            "further, at a small rate and for a short time. The task here: do these two verses say the same? Half of the pairs are one " +
            "verse in two translations. In the others the second is a verse near by, of those the one whose words are most alike. " +
            Invariant($"{pairs.Training.Count:n0} pairs, the first verse of at most {VersePairs.LongestVerse} tokens, are seen once; ") +
            Invariant($"{pairs.Test.Count} pairs of the held-out chapters are the test."));
        page.Code(Invariant($$"""
            var model = new BertForSequenceClassification(sizes with { Labels = ["another", "the same"] }).Initialize(seed: 3);
            BertCheckpoint.Load(model, folder, newHead: true);     // the pretrained weights, but a head of its own
            var optimizer = FineTuning.Optimizer(model, {{VersePairs.LearningRate}});   // no weight decay of biases and normalisations
            optimizer.Schedule = new LinearWithWarmUp({{VersePairs.LearningRate}}, {{VersePairs.WarmUpSteps}}, {{VersePairs.Steps}});
            foreach (var batch in batches)                         // of {{VersePairs.BatchSize}} pairs
                optimizer.Step(Gradients.Of(() => FineTuning.Loss(model, batch)).Gradients.ClipNorm(1));
            """));
        page.Plot(new Plot("step", "cross-entropy").Line(Steps(tuned), Means(tuned), Ink.Blue, "pretrained")
            .Line(Steps(scratch), Means(scratch), Ink.Orange, "random values").Mark(Ink.Muted, y: Math.Log(2)).Legend(),
            "Training losses of the pretrained model and of one from random values",
            Invariant($"The training losses, means of {LossSteps} steps. The grey line is log 2, the loss of guessing. No pair is seen ") +
            "twice, so these are losses on pairs that the model has not seen yet.", height: 300);
    }

    static double[] Means(PairJudge judge) => [.. judge.Losses.Chunk(LossSteps).Select(losses => losses.Average())];

    static double[] Steps(PairJudge judge) => [.. Enumerable.Range(1, Means(judge).Length).Select(i => (double)(i * LossSteps))];

    static void Compare(ChapterPage page, VersePairs pairs, PairJudge[] judges)
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
        page.Paragraph("The last two methods have one number each to learn, the threshold of the highest accuracy on the training pairs: " +
            Invariant($"verses say the same if they share at least {judges[2].Threshold:0%} of their words, or if their lengths differ ") +
            Invariant($"by at most {-judges[3].Threshold:0} tokens. “Random values” are those that the pretraining began with; all else ") +
            "is equal.");
        page.Paragraph(Verdict(pairs, judges));
        page.Table(["first verse", "second verse", "truth", "the same"], Shown(pairs, judges[0]), numbers: false);
        page.Notice(
            "A gap asks for grammar, for names, for what happens in a story. No label was needed to learn them, only text.",
            "What a few lines compute by counting words is the number to beat. Compute it first, and report it beside the model.",
            Invariant($"That lengths alone decide {judges[3].Counts.Accuracy:0%} of the pairs is a shortcut in the data. A network that ") +
            "finds it seems to understand; such shortcuts have to be measured.",
            "`nabla train text --model` fine-tunes any BERT on a table of your own; `nabla fill-mask` asks it for what is missing.");
    }

    /// <summary>
    /// Which method is best, and what pretraining gave: both models decide the same pairs, so those count that one of them alone decides
    /// correctly (McNemar 1947).
    /// </summary>
    static string Verdict(VersePairs pairs, PairJudge[] judges)
    {
        var best = judges.MaxBy(judge => judge.Counts.Accuracy)!;
        bool[] Correct(PairJudge judge) =>
            [.. pairs.Test.Zip(judge.Probabilities, (entry, same) => same >= judge.Threshold == entry.Pair.IsSame)];
        var decided = Correct(judges[0]).Zip(Correct(judges[1])).ToArray();
        var (gained, lost) = (decided.Count(one => one.First && !one.Second), decided.Count(one => !one.First && one.Second));
        var isChance = Math.Abs(gained - lost) < 1.96 * Math.Sqrt(gained + lost);
        return Invariant($"Best is {best.Name}, with {best.Counts.Accuracy:0.0%}. The pretrained model is correct for {gained} pairs ") +
            Invariant($"where the one from random values is not, and the other way round for {lost}: ") +
            (isChance ? "no more than chance may do." : gained > lost ? "it owes that to the texts that it has read."
            : "for this task, in so few steps, its pretraining does not help.");
    }

    /// <summary>For each truth a pair that is decided correctly and the worst error.</summary>
    static IEnumerable<string[]> Shown(VersePairs pairs, PairJudge tuned)
    {
        foreach (var isSame in (bool[])[true, false])
        {
            var ordered = pairs.Test.Zip(tuned.Probabilities).Where(one => one.First.Pair.IsSame == isSame)
                .OrderByDescending(one => isSame ? one.Second : -one.Second).ToArray();
            foreach (var (entry, same) in new[] { ordered[ordered.Length / 4], ordered[^1] })
            {
                yield return [Plain(entry.Pair.First), Plain(entry.Pair.Second), isSame ? "the same" : "another",
                    Invariant($"{same:0.00} {(same >= 0.5 == isSame ? "✓" : "✗")}")];
            }
        }
    }
}
