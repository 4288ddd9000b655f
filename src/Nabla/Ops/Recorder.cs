namespace Nabla.Ops;

/// <summary>One who wants to know which ops run on this thread: the tape.</summary>
internal interface IRecorder
{
    /// <summary>Whether an op of these inputs would be recorded for a backward pass.</summary>
    bool Tracks(ReadOnlySpan<Tensor> inputs);

    /// <param name="op">The op that ran.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="output">Its result.</param>
    /// <param name="saved">What its kernel saved for the backward pass.</param>
    void Record(Op op, ReadOnlySpan<Tensor> inputs, Tensor output, Tensor[]? saved = null);
}

/// <summary>Who is told of each op on this thread.</summary>
internal static class Recorder
{
    [ThreadStatic] private static IRecorder? current;

    public static IRecorder? Current { get => current; set => current = value; }

    /// <summary>Tells nobody until the result is disposed of.</summary>
    public static Paused Pause() => new(current);

    public readonly ref struct Paused
    {
        private readonly IRecorder? before;

        public Paused(IRecorder? before)
        {
            this.before = before;
            current = null;
        }

        public void Dispose() => current = before;
    }
}
