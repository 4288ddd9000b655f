using Nabla.Reports;

namespace Nabla.Cli.Tour;

/// <summary>The two tasks of the pretraining: masked tokens and next sentence.</summary>
sealed partial class PretrainedBert
{
    /// <summary>Sentences of the test chapters, one of each kind of text, with words to mask.</summary>
    static readonly (string Source, string Sentence, string[] Words)[] Gaps =
    [
        ("Mark 4", "As he sowed, some seed fell by the road, and the birds came and devoured it.", ["seed", "birds"]),
        ("Genesis 4", "And Adam knew Eve his wife; and she conceived, and bare Cain, and said, I have gotten a man from the LORD.",
            ["wife", "LORD"]),
        ("A. Lincoln, 1862", "Those who remained loyal to the United States were driven from the country.", ["States", "country"]),
        ("Moby-Dick, 85", "You have seen him spout; then declare what the spout is; can you not tell water from air?", ["spout", "water"]),
    ];

    static void Mask(Stage stage, MiniBert bert)
    {
        var counts = MaskingCounts.Count(bert);
        var tokens = MaskedTokens.Predict(stage, bert, bert.Sample(Sequences));
        var (frequent, baseline) = tokens.MostFrequent;
        stage.Say(Invariant($"Of {tokens.All.Count:n0} masked tokens of the held-out chapters it predicts {tokens.Accuracy:0.0%} ") +
            Invariant($"exactly; always “{Spectre.Console.Markup.Escape(bert.Tokenizer[(int)frequent])}” has {baseline:0.0%}."));
        foreach (var (name, value) in new (string, double)[]
        {
            ("chosenFraction", counts.Fraction), ("maskFraction", counts.Of(Replacement.Mask)),
            ("randomFraction", counts.Of(Replacement.Random)), ("keptFraction", counts.Of(Replacement.Kept)),
            ("maskedTokens", tokens.All.Count), ("mlmAccuracy", tokens.Accuracy), ("mlmBaseline", baseline),
        }) stage.Result(name, value);
        stage.Check("15% of the tokens are chosen; of these 80% become [MASK], 10% another token, 10% stay, each within one point.",
            Math.Abs(counts.Fraction - 0.15) < 0.01 && Math.Abs(counts.Of(Replacement.Mask) - 0.8) < 0.01
            && Math.Abs(counts.Of(Replacement.Random) - 0.1) < 0.01 && Math.Abs(counts.Of(Replacement.Kept) - 0.1) < 0.01);
        stage.Check("At least 40% of the masked tokens are predicted, more than three times what the most frequent token gets.",
            tokens.Accuracy >= 0.4 && tokens.Accuracy > 3 * baseline);
        stage.Check("All sentences with gaps are held out.", Gaps.All(gap => bert.IsHeldOut(gap.Sentence)));
        Choose(stage.Page, counts);
        Fill(stage.Page, bert);
        Score(stage.Page, bert, tokens);
    }

    static void Choose(ChapterPage page, MaskingCounts counts)
    {
        page.Section("Masked tokens");
        page.Paragraph("Of each text 15% of the tokens are chosen, and the model is asked what they were. Most of them are replaced by " +
            "[MASK]. But no text of a later task holds a [MASK]; so some become a random token instead, and some stay. The model cannot " +
            "know which tokens it will be asked for and has to understand all of them.");
        page.Table(["of the held-out text", "tokens", "fraction"],
        [
            ["all tokens but [CLS] and [SEP]", Invariant($"{counts.Tokens:n0}"), ""],
            ["chosen", Invariant($"{counts.Chosen:n0}"), Invariant($"{counts.Fraction:0.0%} of all")],
            .. Enum.GetValues<Replacement>().Select(one =>
                (string[])[Named(one), Invariant($"{counts.Replaced[(int)one]:n0}"), Invariant($"{counts.Of(one):0.0%} of the chosen")]),
        ]);
        page.Formula("L_{\\text{MLM}} = -\\frac{1}{n} \\sum_{i \\text{ chosen}} \\log p(\\text{token}_i | \\text{text with gaps})");
    }

    static string Named(Replacement replacement) => replacement switch
    {
        Replacement.Mask => "replaced by [MASK]",
        Replacement.Random => "replaced by a random token",
        _ => "kept",
    };

    static void Fill(ChapterPage page, MiniBert bert)
    {
        const int top = 4;
        page.Paragraph("Sentences that the model has never seen, with gaps. The table gives what stood there and what the model " +
            "considers likeliest, with its probabilities:");
        page.Table(["from", "with gaps", "stood there", "predicted"], Gaps.SelectMany(gap =>
        {
            var text = gap.Words.Aggregate(gap.Sentence, (sentence, word) => Masked(sentence, word));
            return bert.Filler.Fill(text, top).Select((fills, i) => (string[])[i == 0 ? gap.Source : "", i == 0 ? text : "",
                gap.Words[i].ToLowerInvariant(), string.Join(", ", fills.Select(fill => Invariant($"{Plain(fill.Token)} ") +
                    Invariant($"{fill.Probability:0%}")))]);
        }), numbers: false);
        page.Code("""
            var filler = MaskFiller.Load(folder);
            foreach (var fill in filler.Fill("The birds came and [MASK] it.")[0])
                Console.WriteLine($"{fill.Token} {fill.Probability:0%}");
            """);
    }

    /// <summary>A page takes what stands between dollars for a formula and between backticks for code.</summary>
    static string Plain(string text) => text.Replace('$', '＄').Replace('`', '‘');

    /// <summary>A sentence with [MASK] in place of the first occurrence of a word.</summary>
    static string Masked(string sentence, string word)
    {
        var at = sentence.IndexOf(word, StringComparison.Ordinal);
        return $"{sentence[..at]}[MASK]{sentence[(at + word.Length)..]}";
    }

    static void Score(ChapterPage page, MiniBert bert, MaskedTokens tokens)
    {
        var (frequent, baseline) = tokens.MostFrequent;
        page.Table(["predicted", "tokens", "accuracy"],
        [
            ["by the model, all chosen tokens", Invariant($"{tokens.All.Count:n0}"), Invariant($"{tokens.Accuracy:0.0%}")],
            .. tokens.All.GroupBy(one => one.Replacement).OrderBy(kind => kind.Key).Select(kind =>
                (string[])[$"— {Named(kind.Key)}", Invariant($"{kind.Count():n0}"), Invariant($"{MaskedTokens.AccuracyOf(kind):0.0%}")]),
            [
                $"always “{Plain(bert.Tokenizer[(int)frequent])}”, the most frequent one", Invariant($"{tokens.All.Count:n0}"),
                Invariant($"{baseline:0.0%}"),
            ],
        ]);
        var bins = tokens.All.GroupBy(one => Math.Min(9, (int)(one.Probability * 10))).OrderBy(bin => bin.Key).ToArray();
        double[] sure = [.. bins.Select(bin => bin.Average(one => one.Probability))];
        page.Plot(new Plot("the model's probability of its prediction", "accuracy")
            .Line([0, 1], [0, 1], Ink.Muted, "as it should be", 1.5, dashed: true)
            .Line(sure, [.. bins.Select(bin => MaskedTokens.AccuracyOf(bin))], Ink.Blue, "held-out tokens", dots: 4)
            .Within(0, 1, 0, 1).Legend(),
            "Accuracy rises with the model's probability", "How often predictions are right, by how sure the model is: ten groups of " +
                "held-out tokens. On the dashed line probabilities are honest.", height: 320);
    }

    static void Next(Stage stage, MiniBert bert)
    {
        var pairs = NextSentences.Predict(stage, bert, bert.Sample(PairSequences));
        var accuracy = pairs.Average(pair => pair.IsCorrect ? 1.0 : 0.0);
        stage.Say(Invariant($"Does the second segment follow the first? Of {pairs.Length} held-out pairs {accuracy:0.0%} are classified ") +
            "correctly.");
        stage.Result("nspPairs", pairs.Length);
        stage.Result("nspNextFraction", pairs.Average(pair => pair.IsNext ? 1.0 : 0.0));
        stage.Result("nspAccuracy", accuracy);
        stage.Check("Whether the second segment follows the first is classified correctly for at least 88% of the pairs.",
            accuracy >= 0.88);
        Follow(stage.Page, bert, pairs, accuracy);
    }

    static void Follow(ChapterPage page, MiniBert bert, SegmentPair[] pairs, double accuracy)
    {
        var next = pairs.Count(pair => pair.IsNext);
        page.Section("Next sentence");
        page.Paragraph("The second task is to predict whether a segment follows another in its text or comes from another text. The " +
            "hidden state of [CLS] has attended to all of both; a dense layer and a linear one turn it into two logits. Of " +
            Invariant($"{pairs.Length} held-out pairs, of which {next} do follow, {accuracy:0.0%} are classified correctly."));
        var edges = Numbers.Evenly(0, 1, 21);
        double[] Histogram(bool isNext) => [.. Enumerable.Range(0, 20).Select(bin =>
            (double)pairs.Count(pair => pair.IsNext == isNext && Math.Min(19, (int)(pair.Probability * 20)) == bin))];
        page.Plot(new Plot("probability that the second follows", "pairs")
            .Bars(edges.AsSpan(..^1), [.. edges[..^1].Select(edge => edge + 0.024)], Histogram(true), Ink.Blue, "follows")
            .Bars([.. edges[..^1].Select(edge => edge + 0.026)], edges.AsSpan(1..), Histogram(false), Ink.Orange, "from elsewhere")
            .Mark(Ink.Muted, x: 0.5).Legend(), "Histogram of probabilities: pairs that follow near 1, others near 0",
            "What the model says of the held-out pairs. Orange right of the middle and blue left of it are its errors.", height: 300);
        page.Table(["… end of the first", "beginning of the second …", "truth", "follows"], Shown(pairs).Select(pair => (string[])
        [
            $"… {Plain(bert.Text(pair.EndOfFirst(14)))}", $"{Plain(bert.Text(pair.BeginningOfSecond(14)))} …",
            pair.IsNext ? "follows" : "elsewhere",
            Invariant($"{pair.Probability:0.00} {(pair.IsCorrect ? "✓" : "✗")}"),
        ]), numbers: false);
    }

    /// <summary>Two typical pairs of each kind, and the worst error of each.</summary>
    static IEnumerable<SegmentPair> Shown(SegmentPair[] pairs)
    {
        foreach (var kind in pairs.GroupBy(pair => pair.IsNext).OrderByDescending(kind => kind.Key))
        {
            var ordered = kind.OrderByDescending(pair => pair.OfTruth).ToArray();
            yield return ordered[ordered.Length / 4];
            yield return ordered[ordered.Length / 2];
            if (!ordered[^1].IsCorrect) yield return ordered[^1];
        }
    }
}
