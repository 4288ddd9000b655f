using System.Diagnostics;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Tasks;

/// <summary>Shows a training: a moving bar where a person watches, else a line now and then.</summary>
/// <param name="terminal">Where.</param>
/// <param name="epochs">How many there are; null: it is the steps that count.</param>
/// <param name="examples">What is counted: pictures, texts, tokens.</param>
sealed class TrainingDisplay(Terminal terminal, int? epochs, string examples = "pictures") : ITrainingCallback
{
    /// <summary>Between two lines about steps where nothing moves.</summary>
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    ProgressTask? bar;
    long lastLine = Stopwatch.GetTimestamp();
    double loss = double.NaN;

    /// <summary>Does the work under the bar.</summary>
    public T Show<T>(Func<T> work)
    {
        if (!terminal.IsRich) return work();
        return terminal.Out.Progress().AutoClear(true).Columns(new ProgressBarColumn(), new PercentageColumn(),
            new TaskDescriptionColumn { Alignment = Justify.Left }).Start(progress =>
        {
            bar = progress.AddTask("starting", maxValue: 1);
            return work();
        });
    }

    public void OnStep(TrainingStep step)
    {
        // A mean over about the last twenty steps: the loss of one batch says little.
        loss = double.IsNaN(loss) ? step.Loss : (0.95 * loss) + (0.05 * step.Loss);
        var said = Invariant($"{(epochs is null ? "" : $"epoch {step.Epoch} of {epochs}   ")}loss ") +
            Invariant($"{loss:0.000}{Rate(step.Progress)}{Left(step.Progress)}");
        if (bar is not null)
        {
            bar.Value = step.Progress.Steps is { } steps ? (double)step.Step / steps : 0;
            bar.Description = Markup.Escape(said);
        }
        else if (Stopwatch.GetElapsedTime(lastLine) > Quiet)
        {
            Line($"step {step.Step}{(epochs is null ? $" of {step.Progress.Steps}" : "")}: {said}");
        }
    }

    public void OnEvaluation(Evaluation evaluation)
    {
        var metrics = string.Join("   ", evaluation.Chosen.Select(metric => MetricText.Of(metric.Key, metric.Value)));
        Line(Invariant($"{(epochs is null ? "" : Invariant($"epoch {evaluation.Epoch,3}   "))}step {evaluation.Step,6}   validation: ") +
            Invariant($"{metrics}{(evaluation.IsBest ? "   best" : "")}"));
    }

    void Line(string text)
    {
        lastLine = Stopwatch.GetTimestamp();
        terminal.Line("  " + Markup.Escape(text));
    }

    string Rate(TrainingProgress progress) =>
        progress.ExamplesPerSecond > 0 ? Invariant($"   {progress.ExamplesPerSecond:n0} {examples}/s") : "";

    static string Left(TrainingProgress progress) => progress.Remaining is { } left ? Invariant($"   {RunFacts.Time(left)} left") : "";
}
