using System.Globalization;

namespace Nabla;

/// <summary>
/// A comparison of a closure's gradients with finite differences: every element of every source is moved a little up and down, and what the result does
/// is held against the gradient. The error counts relative to the larger of the two, and to 1 where both are small.
/// </summary>
/// <param name="WorstError">The largest |gradient − difference| / max(1, |gradient|, |difference|); correct gradients of smooth functions stay below about 1e-8.</param>
/// <param name="Source">Which source the worst element belongs to, in the order given.</param>
/// <param name="Element">Where it stands in that source, in row-major order.</param>
/// <param name="Gradient">The gradient there.</param>
/// <param name="Difference">The finite difference there.</param>
public sealed record GradientCheck(double WorstError, int Source, long Element, double Gradient, double Difference)
{
    private const double Step = 1e-5;

    /// <summary>
    /// Checks the gradients of a closure by the sources. The result may have any shape: a fixed random combination of its elements is differentiated. The closure
    /// must give the same result each time; it is run twice for every element.
    /// </summary>
    /// <param name="result">Computes from the sources, in float64.</param>
    /// <param name="sources">Float64 tensors whose elements do not share memory. They are changed while the check runs and then restored.</param>
    /// <exception cref="ArgumentException">A source or the result is not Float64, or a source is a stretched view.</exception>
    public static GradientCheck Of(Func<Tensor> result, params ReadOnlySpan<Tensor> sources)
    {
        ArgumentNullException.ThrowIfNull(result);
        foreach (var source in sources) Demand(source);
        using var mode = Mode.AsInClosure();
        var first = result();
        if (first.DType != DType.Float64) throw new ArgumentException($"GradientCheck: the result is {first.DType}{first.Shape}; differences need Float64 throughout.");
        var weights = Tensor.Normal(first.Shape, generator: new Generator(1)).To(DType.Float64);
        var (_, gradients) = Gradients.Pullback(result, weights, sources);
        var worst = new GradientCheck(0, 0, 0, 0, 0);
        for (var i = 0; i < sources.Length; i++)
        {
            var found = gradients[sources[i]].ToArray<double>();
            for (var element = 0; element < found.Length; element++)
            {
                var difference = DifferenceOf(() => (result() * weights).Sum().Item(), sources[i], element);
                var error = Math.Abs(found[element] - difference) / Math.Max(1, Math.Max(Math.Abs(found[element]), Math.Abs(difference)));
                if (error > worst.WorstError || double.IsNaN(error)) worst = new(error, i, element, found[element], difference);
                if (double.IsNaN(error)) return worst;
            }
        }
        return worst;
    }

    private static void Demand(Tensor source)
    {
        if (source.DType != DType.Float64) throw new ArgumentException($"GradientCheck: a source is {source.DType}{source.Shape}; differences need Float64: x.To(DType.Float64).");
        for (var axis = 0; axis < source.Rank; axis++)
            if (source.Stride(axis) == 0 && source.Shape[axis] > 1)
                throw new ArgumentException($"GradientCheck: a source of shape {source.Shape} is a stretched view, whose elements cannot move apart. Take the tensor it shows, or a copy: x.Clone().");
    }

    private static unsafe double DifferenceOf(Func<double> loss, Tensor source, long element)
    {
        var place = source.Pointer<double>() + PlaceOf(source, element);
        var value = *place;
        var step = Step * Math.Max(1, Math.Abs(value));
        try
        {
            double Moved(double to)
            {
                *place = to;
                source.Storage.Touch();
                return loss();
            }
            // The points that were reached after rounding, not those that were meant.
            var (high, low) = (value + step, value - step);
            return (Moved(high) - Moved(low)) / (high - low);
        }
        finally
        {
            *place = value;
            source.Storage.Touch();
            GC.KeepAlive(source);
        }
    }

    private static long PlaceOf(Tensor x, long element)
    {
        var offset = 0L;
        for (var axis = x.Rank - 1; axis >= 0; axis--)
        {
            (element, var index) = Math.DivRem(element, x.Shape[axis]);
            offset += index * x.Stride(axis);
        }
        return offset;
    }

    /// <summary>The worst error, where it is, and the two numbers.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"worst error {WorstError:0.0e+0} at element {Element} of source {Source}: gradient {Gradient:g9}, difference {Difference:g9}");
}
