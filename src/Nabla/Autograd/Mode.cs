namespace Nabla;

/// <summary>
/// Whether dropout drops and batch normalisation uses the batch's statistics. Inside <see cref="Gradients.Of(Func{Tensor})"/> they do,
/// elsewhere not; a scope of this class overrides that on its thread: <c>using (Mode.Evaluate()) …</c>.
/// </summary>
public static class Mode
{
    [ThreadStatic] private static bool? chosen;

    /// <summary>Whether layers behave as in training.</summary>
    public static bool IsTraining => chosen ?? Tape.IsRecording;

    /// <summary>As in training, until the result is disposed of.</summary>
    public static Scope Train() => new(true);

    /// <summary>As in use, until the result is disposed of.</summary>
    public static Scope Evaluate() => new(false);

    /// <summary>As it would be inside a closure of <see cref="Gradients"/> here, until the result is disposed of.</summary>
    internal static Scope AsInClosure() => new(chosen ?? true);

    /// <summary>A stretch of code with a chosen mode.</summary>
    public readonly ref struct Scope
    {
        private readonly bool? before;

        internal Scope(bool training)
        {
            before = chosen;
            chosen = training;
        }

        /// <summary>Returns to the mode before.</summary>
        public void Dispose() => chosen = before;
    }
}
