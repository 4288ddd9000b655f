using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

public sealed class SquadMetricsTests
{
    /// <summary>Predictions, right answers, and what the evaluation script of SQuAD 2.0 gives for them.</summary>
    static readonly (string Prediction, string[] Answers, double Exact, double F1)[] Cases =
    [
        ("Denver Broncos", ["Denver Broncos", "The Denver Broncos!", "Broncos"], 1, 1),
        ("the Broncos of Denver", ["Denver Broncos"], 0, 0.8),
        ("in 1066, at Hastings", ["1066", "Battle of Hastings in 1066"], 0, 0.6666666666666665),
        ("", ["France"], 0, 0),
        ("France", [], 0, 0),
        ("", [], 1, 1),
        ("the the cat cat sat", ["cat sat on the cat mat cat"], 0, 0.6666666666666666),
        ("a", ["the"], 1, 1),
        ("10th century", ["10th and 11th centuries", "in the 10th and 11th centuries"], 0, 0.3333333333333333),
        ("The", [], 1, 1),
    ];

    [Theory]
    [InlineData("The  Cat's \"Hat\", an   A-Team!", "cats hat ateam")]
    [InlineData("A", "")]
    [InlineData("$3.50 (U.S.)", "350 us")]
    [InlineData("Übung an der Uni", "übung der uni")]
    [InlineData("the\u00a0end\n of a thing", "end of thing")]
    [InlineData("Thea and Anna", "thea and anna")]
    [InlineData("«quoted» — 10 %", "«quoted» — 10")]
    public void Texts_are_normalized_as_the_script_does(string text, string expected) =>
        Assert.Equal(expected, SquadMetrics.Normalize(text));

    [Fact]
    public void Each_answer_is_scored_as_the_script_does() => Assert.All(Cases, one =>
    {
        Assert.Equal(one.Exact, SquadMetrics.ExactMatchOf(one.Prediction, one.Answers));
        Assert.Equal(one.F1, SquadMetrics.F1Of(one.Prediction, one.Answers), 12);
    });

    [Fact]
    public void Means_are_those_of_the_script()
    {
        var (metrics, second) = (new SquadMetrics(), new SquadMetrics());
        foreach (var (i, one) in Cases.Index()) (i % 2 == 0 ? metrics : second).Update(one.Prediction, one.Answers);
        metrics.Merge(second);
        Assert.Equal((10, 7), (metrics.Count, metrics.Answerable));
        Assert.Equal(0.4, metrics.ExactMatch, 12);
        Assert.Equal(0.6466666666666667, metrics.F1, 12);
        Assert.Equal(0.2857142857142857, metrics.AnswerableExactMatch, 12);
        Assert.Equal(0.6380952380952379, metrics.AnswerableF1, 12);
        Assert.Equal(0.6666666666666666, metrics.Unanswered, 12);
        metrics.Reset();
        Assert.Equal((0, 0.0), (metrics.Count, metrics.F1));
    }

    /// <summary>Values of <c>find_best_thresh</c> of the script.</summary>
    [Fact]
    public void The_threshold_of_no_answer_is_that_of_the_script()
    {
        var cases = Cases.ToArray();
        cases[^1].Prediction = "Paris";
        double[] noAnswer = [.1, .3, .2, .9, .8, .7, .4, .6, .35, .5], left = [.. cases.Select(one => one.Answers.Length == 0 ? 1.0 : 0)];
        var exact = NoAnswerThreshold.Best(noAnswer, [.. cases.Select(one => SquadMetrics.ExactMatchOf(one.Prediction, one.Answers))],
            left);
        Assert.Equal((0.1, 0.4), (exact.Value, exact.Score));
        var f1 = NoAnswerThreshold.Best(noAnswer, [.. cases.Select(one => SquadMetrics.F1Of(one.Prediction, one.Answers))], left);
        Assert.Equal(0.4, f1.Value);
        Assert.Equal(0.6466666666666666, f1.Score, 12);
    }

    [Fact]
    public void Questions_of_equal_scores_are_not_parted()
    {
        Assert.Equal(new(double.NegativeInfinity, 2.0 / 3), NoAnswerThreshold.Best([0, 0, 0], [1, 0, 0], [0, 1, 1]));
        Assert.Equal(new(2, 1), NoAnswerThreshold.Best([2, 2, 3], [1, 1, 0], [0, 0, 1]));
        Assert.Contains("2 scores for 1 answers", Assert.Throws<ArgumentException>(() =>
            NoAnswerThreshold.Best([0, 1], [1], [0, 1])).Message);
    }
}
