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

    [GeneratedRegex(@"(?:src|href|xlink:href)\s*=\s*[""'](?!#)|url\((?!#)|@import", RegexOptions.IgnoreCase)]
    private static partial Regex Loads();

    [GeneratedRegex(@"<(code|td)>.*?</\1>", RegexOptions.Singleline)]
    private static partial Regex Numbers();

    [GeneratedRegex(@"(?<=\bid="")[^""]*")]
    private static partial Regex Ids();
}
