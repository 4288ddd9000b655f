using Nabla.Training;

namespace Nabla.Cli.Tasks;

/// <summary>Facts of a training for its report.</summary>
static class RunFacts
{
    /// <summary>The step of the best checkpoint and the time taken.</summary>
    public static IEnumerable<(string Name, string Value)> Of(TrainingResult result) =>
    [
        .. result.Best is { } best ? new[] { ("best", Invariant($"step {best.Step:n0}, epoch {best.Epoch}")) } : [],
        ("time", Time(result.Elapsed)),
    ];

    public static string Time(TimeSpan time) => time.TotalMinutes < 1 ? Invariant($"{time.TotalSeconds:0.0} s")
        : time.TotalHours < 1 ? Invariant($"{(int)time.TotalMinutes} min {time.Seconds} s")
            : Invariant($"{(int)time.TotalHours} h {time.Minutes} min");
}
