using System.Diagnostics;

namespace Nabla.Cli.Sentences;

/// <summary>Says now and then, on the error stream, how many texts are done.</summary>
/// <param name="terminal">Where.</param>
/// <param name="quiet">Whether nothing is said, as where results stream past.</param>
sealed class TextProgress(Terminal terminal, bool quiet = false)
{
    static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    readonly long start = Stopwatch.GetTimestamp();
    long lastLine = Stopwatch.GetTimestamp();

    /// <summary>Progress of texts after those that are done already.</summary>
    public IProgress<int> After(long done) => new Listener(count => Report(done + count));

    void Report(long count)
    {
        if (quiet || Stopwatch.GetElapsedTime(lastLine) < Between) return;
        lastLine = Stopwatch.GetTimestamp();
        terminal.Error.Profile.Out.Writer.WriteLine(Invariant($"  {count:n0} texts, {count / Stopwatch.GetElapsedTime(start).TotalSeconds:n0} a second"));
    }

    sealed class Listener(Action<int> told) : IProgress<int>
    {
        public void Report(int value) => told(value);
    }
}
