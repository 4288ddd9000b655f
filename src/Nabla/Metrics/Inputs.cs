using System.Numerics;

namespace Nabla.Metrics;

/// <summary>Turns what a metric is given into plain numbers, or says what is wrong with it.</summary>
internal static class Inputs
{
    /// <summary>Integer labels.</summary>
    public static long[] Labels(Tensor x, string metric, string what)
    {
        ArgumentNullException.ThrowIfNull(x, what);
        return !x.DType.IsFloat ? x.To(DType.Int64).ToArray<long>()
            : throw new ArgumentException($"{metric}: {what} {x.Shape} are {x.DType}; labels are integers or booleans. Take the arg max of scores, or compare them with a threshold.", what);
    }

    /// <summary>Integer labels.</summary>
    public static long[] Labels<T>(ReadOnlySpan<T> labels) where T : IBinaryInteger<T>
    {
        var result = new long[labels.Length];
        for (var i = 0; i < result.Length; i++) result[i] = long.CreateChecked(labels[i]);
        return result;
    }

    /// <summary>Labels of two classes, 0 and 1.</summary>
    public static bool[] Truths(ReadOnlySpan<long> labels, string metric, string what)
    {
        var result = new bool[labels.Length];
        for (var i = 0; i < result.Length; i++)
            result[i] = labels[i] is 0 or 1 ? labels[i] == 1 : throw new ArgumentOutOfRangeException(what, $"{metric}: {what} {labels[i]} at {i}: a label is 0 (negative) or 1 (positive).");
        return result;
    }

    /// <summary>Numbers of any type.</summary>
    public static double[] Values(Tensor x, string what)
    {
        ArgumentNullException.ThrowIfNull(x, what);
        return x.To(DType.Float64).ToArray<double>();
    }

    /// <summary>Numbers.</summary>
    public static double[] Values<T>(ReadOnlySpan<T> values) where T : IFloatingPoint<T>
    {
        var result = new double[values.Length];
        for (var i = 0; i < result.Length; i++) result[i] = double.CreateChecked(values[i]);
        return result;
    }

    public static void CheckShapes(Tensor targets, Tensor others, string metric, string what)
    {
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(others, what);
        if (targets.Shape != others.Shape) throw new ArgumentException($"{metric}: targets {targets.Shape} and {what} {others.Shape} differ in shape; there must be one for each.", what);
    }

    public static void CheckLengths(int targets, int others, string metric, string what)
    {
        if (targets != others) throw new ArgumentException($"{metric}: {targets} targets and {others} {what}; there must be one for each.", what);
    }

    public static void CheckNotNaN(ReadOnlySpan<double> scores, string metric, string what)
    {
        for (var i = 0; i < scores.Length; i++)
            if (double.IsNaN(scores[i])) throw new ArgumentException($"{metric}: {what} at {i} is NaN and has no rank. Look for the step of the model that made it.", what);
    }

    public static void CheckFinite(ReadOnlySpan<double> values, string metric, string what)
    {
        for (var i = 0; i < values.Length; i++)
            if (!double.IsFinite(values[i])) throw new ArgumentException($"{metric}: {what} at {i} is {values[i]}. Look for the step of the model that made it.", what);
    }
}
