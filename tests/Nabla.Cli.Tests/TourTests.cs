using System.Text.Json;
using System.Text.RegularExpressions;
using Nabla.Cli.Tour;

namespace Nabla.Cli.Tests;

public sealed partial class TourTests(TourTests.WholeTour tour) : IClassFixture<TourTests.WholeTour>
{
    /// <summary>The tour, taken once.</summary>
    public sealed class WholeTour : IAsyncLifetime
    {
        internal Outcome Outcome { get; private set; } = null!;

        public string Html { get; private set; } = "";

        public JsonElement Summary { get; private set; }

        public JsonElement Results(int chapter) => Summary.GetProperty("chapters").EnumerateArray().Single(found => found.GetProperty("number").GetInt32() == chapter).GetProperty("results");

        public async ValueTask InitializeAsync()
        {
            using var folder = new Folder();
            Outcome = await Cli.Run("tour", "--output", folder.Path, "--json");
            Html = await File.ReadAllTextAsync(folder["report.html"]);
            using var json = JsonDocument.Parse(Outcome.Output);
            Summary = json.RootElement.Clone();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    [Fact]
    public void Every_check_of_the_tour_holds()
    {
        Assert.All(tour.Summary.GetProperty("chapters").EnumerateArray().SelectMany(chapter => chapter.GetProperty("checks").EnumerateArray()),
            check => Assert.True(check.GetProperty("holds").GetBoolean(), check.GetProperty("claim").GetString()));
        Assert.Equal(0, tour.Outcome.Code);
    }

    [Fact]
    public void The_report_has_every_chapter_with_a_plot()
    {
        foreach (var chapter in TourGuide.Chapters)
        {
            Assert.Contains($"<section id=\"chapter-{chapter.Number}\">", tour.Html, StringComparison.Ordinal);
            Assert.Contains($"href=\"#chapter-{chapter.Number}\"", tour.Html, StringComparison.Ordinal);
            Assert.Contains($"<figure id=\"figure-{chapter.Number}-1\">", tour.Html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_report_needs_nothing_from_outside()
    {
        Assert.DoesNotMatch(Loads(), tour.Html);
        Assert.DoesNotContain("<script", tour.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("NaN", Numbers().Replace(tour.Html, ""), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_are_unique()
    {
        var ids = Ids().Matches(tour.Html).Select(match => match.Value).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void The_novel_s_characters_have_the_entropy_of_their_frequencies_and_the_network_needs_less()
    {
        // −Σ p log₂ p of the held-out characters, by Python 3.11's collections.Counter and math.log2.
        Assert.Equal(4.474816550424959, tour.Results(7).GetProperty("entropy").GetDouble(), 1e-9);
        Assert.InRange(tour.Results(7).GetProperty("bitsPerCharacter").GetDouble(), 2, 3.4);
        Assert.True(tour.Results(7).GetProperty("gradientAtDistance24").GetDouble() > 0);
    }

    [Fact]
    public void The_line_is_that_of_the_closed_form()
    {
        // statistics.linear_regression of Python 3.11 on the same 398 cars.
        const double slope = -7.676610063926468, intercept = 46.317364420265655;
        var line = tour.Results(1);
        Assert.Equal(slope, line.GetProperty("slope").GetDouble(), 3);
        Assert.Equal(intercept, line.GetProperty("intercept").GetDouble(), 2);
        Assert.Equal(slope, line.GetProperty("closedFormSlope").GetDouble(), 5);
        Assert.Equal(intercept, line.GetProperty("closedFormIntercept").GetDouble(), 5);
    }

    [Fact]
    public void The_largest_stable_step_is_2_over_the_largest_eigenvalue_of_the_Hessian()
    {
        // The Hessian of the mean squared error is 2 · [[mean x², mean x], [mean x, 1]].
        var x = Datasets.Cars.Load().Weight.ToArray<float>();
        double square = x.Average(v => (double)v * v), mean = x.Average(v => (double)v);
        var largest = square + 1 + Math.Sqrt((square - 1) * (square - 1) + 4 * mean * mean);
        Assert.Equal(2 / largest, tour.Results(2).GetProperty("largestStableStep").GetDouble(), 6);
    }

    [Fact]
    public void The_gradients_of_one_car_are_those_by_hand()
    {
        // 2 · (w·x + b − t) · x and 2 · (w·x + b − t) for w = −5, b = 40, x = 3.504, t = 18.
        Assert.Equal(2 * 4.48 * 3.504, tour.Results(3).GetProperty("gradientOfW").GetDouble(), 9);
        Assert.Equal(2 * 4.48, tour.Results(3).GetProperty("gradientOfB").GetDouble(), 9);
    }

    [Fact]
    public void The_metrics_are_the_ratios_of_the_four_counts()
    {
        double Of(string name) => tour.Results(4).GetProperty(name).GetDouble();
        var (tp, fp, tn, fn) = (Of("truePositives"), Of("falsePositives"), Of("trueNegatives"), Of("falseNegatives"));
        Assert.Equal((64.0, 107.0), (tp + fn, tn + fp));
        Assert.Equal((tp + tn) / 171, Of("accuracy"), 12);
        Assert.Equal(tp / (tp + fp), Of("precision"), 12);
        Assert.Equal(tp / (tp + fn), Of("recall"), 12);
        Assert.Equal(2 * tp / (2 * tp + fp + fn), Of("f1"), 12);
        Assert.InRange(Of("rocAuc"), 0.98, 1);
    }

    [Fact]
    public void The_network_reads_97_percent_of_the_digits_it_has_not_seen() => Assert.InRange(tour.Results(5).GetProperty("mlpAccuracy").GetDouble(), 0.97, 1);

    [Fact]
    public void LeNet_reads_98_percent_with_fewer_parameters()
    {
        Assert.InRange(tour.Results(6).GetProperty("leNetAccuracy").GetDouble(), 0.98, 1);
        // C1 6·(25 + 1), C3 16·(150 + 1), C5 120·(64 + 1), F6 84·(120 + 1), output 10·(84 + 1).
        Assert.Equal(156 + 2416 + 7800 + 10164 + 850, tour.Results(6).GetProperty("leNetParameters").GetDouble());
        Assert.InRange(tour.Results(6).GetProperty("shiftError").GetDouble(), 0, 1e-5);
    }

    [Fact]
    public void The_speller_writes_more_than_half_of_unseen_words_exactly_and_needs_positions_to_tell_anagrams_apart()
    {
        double Of(string name) => tour.Results(10).GetProperty(name).GetDouble();
        Assert.InRange(Of("wordError"), 0.3, 0.5);
        Assert.InRange(Of("phonemeError"), 0.05, 0.125);
        Assert.InRange(Of("shuffleErrorBlind"), 0, 1e-4);
        Assert.InRange(Of("shuffleErrorSeeing"), 0.1, 3);
        Assert.InRange(Of("stepError"), 0, 1e-3);
    }

    [Fact]
    public void The_chapters_are_eleven_in_order() => Assert.Equal(Enumerable.Range(1, 11), TourGuide.Chapters.Select(chapter => chapter.Number));

    [Fact]
    public void The_small_BERT_fills_gaps_and_finds_the_next_sentence_in_chapters_it_has_not_seen()
    {
        double Of(string name) => tour.Results(11).GetProperty(name).GetDouble();
        Assert.InRange(Of("embeddingError"), 0, 1e-5);
        // Devlin et al. 2018, §3.1: 15% of the tokens; of these 80%, 10%, 10%.
        Assert.Equal(0.15, Of("chosenFraction"), 0.01);
        Assert.Equal(0.8, Of("maskFraction"), 0.01);
        Assert.Equal(0.1, Of("randomFraction"), 0.01);
        Assert.Equal(1, Of("maskFraction") + Of("randomFraction") + Of("keptFraction"), 12);
        Assert.InRange(Of("maskedTokens"), 2000, 3000);
        Assert.InRange(Of("mlmAccuracy"), Math.Max(0.4, 3 * Of("mlmBaseline")), 0.6);
        Assert.InRange(Of("nspNextFraction"), 0.4, 0.6);
        Assert.InRange(Of("nspAccuracy"), 0.88, 1);
        Assert.InRange(Of("attentionSumError"), 0, 1e-5);
        Assert.InRange(Of("shareBefore"), 0.15, 1);
        Assert.InRange(Of("shareBehind"), 0.15, 1);
    }

    [Fact]
    public void Pairs_of_verses_are_judged_by_their_four_counts_and_beside_baselines()
    {
        double Of(string name) => tour.Results(11).GetProperty(name).GetDouble();
        var (tp, fp, tn, fn) = (Of("truePositives"), Of("falsePositives"), Of("trueNegatives"), Of("falseNegatives"));
        Assert.Equal((120, 120), (tp + fn, tn + fp));
        Assert.Equal((tp + tn) / 240, Of("pretrainedAccuracy"), 12);
        Assert.Equal(2 * tp / (2 * tp + fp + fn), Of("pretrainedF1"), 12);
        Assert.InRange(Of("pretrainedAccuracy"), Of("overlapAccuracy"), 1);
    }

    [Fact]
    public async Task A_terminal_gets_colours_and_the_same_words()
    {
        using var folder = new Folder();
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(["tour", "--chapter", "1", "--output", folder.Path], new Terminal(output, error, rich: true), TestContext.Current.CancellationToken);
        Assert.Equal(0, code);
        Assert.Contains('\e', output.ToString());
        Assert.Contains("Least squares", output.ToString(), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"(?:src|href|xlink:href)\s*=\s*[""'](?!#)|url\((?!#)|@import", RegexOptions.IgnoreCase)]
    private static partial Regex Loads();

    [GeneratedRegex(@"<(code|td)>.*?</\1>", RegexOptions.Singleline)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"(?<=\bid="")[^""]*")]
    private static partial Regex Ids();
}
