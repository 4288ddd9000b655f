namespace Nabla.Cli.Tasks;

/// <summary>Metrics in words.</summary>
static class MetricText
{
    /// <summary>A metric with its name: <c>accuracy 98.54%</c>, <c>loss 0.0512</c>.</summary>
    public static string Of(string name, double value) => $"{name.Replace('_', ' ')} {Of(value, IsPercentage(name))}";

    /// <summary>Its value alone.</summary>
    public static string ValueOf(string name, double value) => Of(value, IsPercentage(name));

    static bool IsPercentage(string name) => name == "accuracy" || name.EndsWith("_error", StringComparison.Ordinal);

    /// <summary>Four decimals, or two digits where those say nothing.</summary>
    static string Of(double value, bool percentage) =>
        percentage ? Invariant($"{value:0.00%}") : value is > 0 and < 0.001 ? Invariant($"{value:0.0e-0}") : Invariant($"{value:0.0000}");
}
