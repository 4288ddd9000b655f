namespace Nabla.Cli.Tour;

/// <summary>One chapter: it computes on real data, says what happens as it goes and writes its page of the report.</summary>
abstract class Chapter
{
    public abstract int Number { get; }

    public abstract string Title { get; }

    /// <summary>What one learns from it, in one line.</summary>
    public abstract string Summary { get; }

    public abstract void Run(Stage stage);
}
