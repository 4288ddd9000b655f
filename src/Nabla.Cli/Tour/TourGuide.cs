using System.Diagnostics;
using System.Text.Json.Serialization;
using Nabla.Reports;

namespace Nabla.Cli.Tour;

/// <summary>Leads through the chapters and writes the report.</summary>
static class TourGuide
{
    /// <summary>All chapters in order.</summary>
    public static IReadOnlyList<Chapter> Chapters { get; } =
    [
        new LeastSquares(), new GradientDescent(), new Backpropagation(), new ClassifierMetrics(), new SoftmaxAndDigits(), new Convolutions(), new Recurrence(), new LongMemory(), new SelfAttention(), new Transformers(), new PretrainedBert(),
    ];

    /// <summary>Runs the chapters and writes <c>report.html</c> into a folder. Says what happens unless the terminal is null.</summary>
    public static TourSummary Run(IReadOnlyList<Chapter> chapters, string folder, Terminal? terminal, CancellationToken cancellation)
    {
        var report = new Report("A tour of Nabla", "The first ideas of deep learning, each computed on real data while you waited.");
        var (all, watch) = (new List<ChapterSummary>(), Stopwatch.StartNew());
        foreach (var chapter in chapters)
        {
            cancellation.ThrowIfCancellationRequested();
            terminal?.Line($"[bold blue]{chapter.Number}[/] [bold]{chapter.Title}[/]  [grey]{chapter.Summary}[/]");
            all.Add(Run(chapter, report.Add(chapter.Number, chapter.Title), terminal, cancellation));
            terminal?.Line();
        }
        var seconds = watch.Elapsed.TotalSeconds;
        report.Facts.AddRange([
            ("Nabla", typeof(Tensor).Assembly.GetName().Version!.ToString(3)),
            (".NET", Environment.Version.ToString()),
            ("Processor", Doctor.Hardware.ProcessorName()),
            ("Vectors", Doctor.Hardware.Vectors()),
            ("Time", Invariant($"{seconds:0.0} s")),
        ]);
        Directory.CreateDirectory(folder);
        var path = Path.GetFullPath(Path.Combine(folder, "report.html"));
        report.Save(path);
        return new(all, path, Math.Round(seconds, 2));
    }

    static ChapterSummary Run(Chapter chapter, ChapterPage page, Terminal? terminal, CancellationToken cancellation)
    {
        var (stage, watch) = (new Stage(terminal, page, cancellation), Stopwatch.StartNew());
        chapter.Run(stage);
        page.Checks(stage.Checks);
        foreach (var (claim, holds) in stage.Checks) stage.Say($"{(holds ? "[green]✓[/]" : "[red]✗[/]")} {Spectre.Console.Markup.Escape(claim)}");
        return new(chapter.Number, chapter.Title, Math.Round(watch.Elapsed.TotalSeconds, 2), stage.Results, [.. stage.Checks.Select(check => new CheckSummary(check.Claim, check.Holds))]);
    }
}

/// <summary>What a tour came to.</summary>
sealed record TourSummary(IReadOnlyList<ChapterSummary> Chapters, string Report, double Seconds)
{
    [JsonIgnore]
    public bool Holds => Chapters.All(chapter => chapter.Checks.All(check => check.Holds));
}

/// <summary>What a chapter came to.</summary>
sealed record ChapterSummary(int Number, string Title, double Seconds, IReadOnlyDictionary<string, double> Results, IReadOnlyList<CheckSummary> Checks);

/// <summary>A claim of a chapter and whether it holds.</summary>
sealed record CheckSummary(string Claim, bool Holds);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TourSummary))]
sealed partial class TourJson : JsonSerializerContext;
