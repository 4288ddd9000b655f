namespace Nabla.Cli.Verify;

/// <summary>How one case went.</summary>
/// <param name="Group">The group it belongs to.</param>
/// <param name="Case">Its name.</param>
/// <param name="Passed">Whether every value was within the tolerance.</param>
/// <param name="Error">The worst |actual − expected| ÷ max(1, max|expected|); null if none was computed.</param>
/// <param name="Built">Whether Nabla has the op.</param>
/// <param name="Message">What went wrong; null if nothing.</param>
internal sealed record VerifyResult(string Group, string Case, bool Passed, double? Error, bool Built, string? Message);

/// <summary>Compares what a case expects with what came out.</summary>
internal sealed class Comparison
{
    /// <summary>|actual − expected| ≤ 1e-4 · max(1, max|expected|)</summary>
    public const double Tolerance = 1e-4;

    private string? failure;

    /// <summary>The worst error so far.</summary>
    public double? Worst { get; private set; }

    /// <summary>What is beyond the tolerance; null if nothing is.</summary>
    public string? Failure => Worst is null ? failure ?? "the case expects nothing that could be compared" : failure;

    /// <summary>Compares a tensor.</summary>
    public void Add(string what, Tensor expected, Tensor actual, double tolerance = Tolerance)
    {
        if (expected.Shape != actual.Shape)
        {
            failure ??= $"{what} has shape {actual.Shape}, expected {expected.Shape}";
            return;
        }
        Add(what, expected.To(DType.Float64).ToArray<double>(), actual.To(DType.Float64).ToArray<double>(), tolerance);
    }

    /// <summary>Compares what must be equal: ids, tokens.</summary>
    public void AddExact<T>(string what, ReadOnlySpan<T> expected, ReadOnlySpan<T> actual) where T : IEquatable<T>
    {
        Worst ??= 0;
        var same = expected.CommonPrefixLength(actual);
        if (same < Math.Min(expected.Length, actual.Length)) failure ??= FormattableString.Invariant($"{what}[{same}] is {actual[same]}, expected {expected[same]}");
        else if (expected.Length != actual.Length) failure ??= $"{what} has {actual.Length} values, expected {expected.Length}";
    }

    /// <summary>Compares numbers.</summary>
    public void Add(string what, ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double tolerance = Tolerance)
    {
        if (expected.Length != actual.Length)
        {
            failure ??= $"{what} has {actual.Length} values, expected {expected.Length}";
            return;
        }
        var (scale, worst) = (1.0, 0.0);
        foreach (var value in expected) if (double.IsFinite(value)) scale = Math.Max(scale, Math.Abs(value));
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = expected[i].Equals(actual[i]) ? 0 : Math.Abs(expected[i] - actual[i]);
            worst = Math.Max(worst, double.IsNaN(difference) ? double.PositiveInfinity : difference);
        }
        var error = worst / scale;
        Worst = Math.Max(Worst ?? 0, error);
        if (error > tolerance) failure ??= FormattableString.Invariant($"{what} is off by {error:0.0e+0} of max(1, max|expected|)");
    }
}
