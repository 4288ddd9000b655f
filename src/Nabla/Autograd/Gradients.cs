using System.Collections;
using System.Runtime.CompilerServices;

namespace Nabla;

/// <summary>
/// The gradients of a loss by the parameters it depends on (or by named tensors): dloss/dp, each of its tensor's shape.
/// </summary>
#pragma warning disable CA1710 // The field calls them gradients.
public sealed class Gradients : IReadOnlyCollection<KeyValuePair<Tensor, Tensor>>
#pragma warning restore CA1710
{
    private readonly Dictionary<Tensor, Tensor> byTensor;

    private Gradients(Dictionary<Tensor, Tensor> byTensor) => this.byTensor = byTensor;

    /// <summary>
    /// Runs a closure and differentiates the number it returns by every parameter that it used. The closure is the only place where steps are noted; dropout and
    /// batch statistics train inside it (see <see cref="Mode"/>).
    /// </summary>
    /// <exception cref="ArgumentException">The closure returned more than one number.</exception>
    public static (Tensor Loss, Gradients Gradients) Of(Func<Tensor> loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var (value, gradients) = Tape.Differentiate(loss, new Tape.Sources(null));
        return (value, new Gradients(gradients));
    }

    /// <summary>
    /// Runs a closure and differentiates the number it returns by these tensors; where it does not depend on one, the gradient is 0. Nests: a closure that
    /// takes gradients itself is differentiated through them.
    /// </summary>
    /// <exception cref="ArgumentException">The closure returned more than one number, or a source is not of a float type.</exception>
    public static (Tensor Loss, Gradients Gradients) Of(Func<Tensor> loss, params ReadOnlySpan<Tensor> sources)
    {
        ArgumentNullException.ThrowIfNull(loss);
        DemandFloat(sources);
        var (value, gradients) = Tape.Differentiate(loss, new Tape.Sources(sources.ToArray()));
        return (value, new Gradients(gradients));
    }

    /// <summary>
    /// Runs a closure whose result y may have any shape and gives the gradients of Σ y · <paramref name="upstream"/>: the product of a vector with the
    /// Jacobian, as one link of a longer chain rule needs it.
    /// </summary>
    /// <param name="result">What is differentiated.</param>
    /// <param name="upstream">The gradient that arrives at the result, of its shape and type.</param>
    /// <param name="sources">What it is differentiated by.</param>
    /// <exception cref="ArgumentException">The result is not of the upstream's shape and type, or a source is not of a float type.</exception>
    public static (Tensor Result, Gradients Gradients) Pullback(Func<Tensor> result, Tensor upstream, params ReadOnlySpan<Tensor> sources)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(upstream);
        DemandFloat(sources);
        var (value, gradients) = Tape.Differentiate(result, new Tape.Sources(sources.ToArray()), upstream);
        return (value, new Gradients(gradients));
    }

    /// <summary>Differentiates by these parameters alone; steps that lead only to others are not noted.</summary>
    /// <exception cref="ArgumentException">The closure returned more than one number.</exception>
    public static (Tensor Loss, Gradients Gradients) Of(Func<Tensor> loss, IEnumerable<Parameter> parameters) =>
        Of(loss, [.. parameters.Select(parameter => parameter.Value)]);

    /// <summary>The gradient by a tensor.</summary>
    /// <exception cref="KeyNotFoundException">The loss does not depend on it.</exception>
    public Tensor this[Tensor source] => byTensor.TryGetValue(source, out var gradient) ? gradient
        : throw new KeyNotFoundException($"The loss has no gradient by this tensor of shape {source?.Shape}: the closure did not use it, or it is neither a parameter nor a named source.");

    /// <summary>The gradient by a parameter.</summary>
    /// <exception cref="KeyNotFoundException">The loss does not depend on it.</exception>
    public Tensor this[Parameter parameter]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(parameter);
            return byTensor.TryGetValue(parameter.Value, out var gradient) ? gradient
                : throw new KeyNotFoundException($"The loss does not depend on parameter {parameter}.");
        }
    }

    /// <summary>The gradient by a tensor, if the loss depends on it.</summary>
    public bool TryGet(Tensor source, out Tensor gradient) => byTensor.TryGetValue(source, out gradient!);

    /// <summary>How many tensors have a gradient.</summary>
    public int Count => byTensor.Count;

    /// <summary>√Σ g² over all elements of all gradients.</summary>
    public double Norm() => Math.Sqrt(GradientNorm.Squared([.. byTensor.Values]));

    /// <summary>All gradients scaled down together so that their norm is at most <paramref name="max"/> (Pascanu et al. 2013, §3.2). A norm of NaN makes all of them NaN.</summary>
    public Gradients ClipNorm(double max) => ClipNorm(max, out _);

    /// <summary>All gradients scaled down together so that their norm is at most <paramref name="max"/>, and the norm they had.</summary>
    public Gradients ClipNorm(double max, out double norm)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        norm = Norm();
        // As PyTorch: the summand keeps 0 / 0 away.
        var scale = max / (norm + 1e-6);
        if (scale >= 1) return this;
        return Tape.IsRecording ? Map(gradient => gradient * scale) : new(GradientNorm.Scaled(byTensor, scale));
    }

    /// <summary>The gradients of a sum of two losses: where both have one of a tensor, they are added.</summary>
    public static Gradients operator +(Gradients left, Gradients right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var sum = new Dictionary<Tensor, Tensor>(left.byTensor, left.byTensor.Comparer);
        foreach (var (source, gradient) in right.byTensor) sum[source] = sum.TryGetValue(source, out var other) ? other + gradient : gradient;
        return new(sum);
    }

    /// <summary>The gradients of a multiple of the loss.</summary>
    public static Gradients operator *(Gradients gradients, double factor)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (factor == 1) return gradients;
        return Tape.IsRecording ? gradients.Map(gradient => gradient * factor) : new(GradientNorm.Scaled(gradients.byTensor, factor));
    }

    /// <summary>Every element held between −max and max.</summary>
    public Gradients ClipValue(double max)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(max);
        return Map(gradient => gradient.Clip(-max, max));
    }

    private static void DemandFloat(ReadOnlySpan<Tensor> sources, [CallerMemberName] string member = "")
    {
        foreach (var source in sources)
            if (!source.DType.IsFloat) throw new ArgumentException($"Gradients.{member}: a source is {source.DType}{source.Shape}; gradients exist for Float32 and Float64 only.");
    }

    private Gradients Map(Func<Tensor, Tensor> change) =>
        new(byTensor.ToDictionary(pair => pair.Key, pair => change(pair.Value), (IEqualityComparer<Tensor>)ReferenceEqualityComparer.Instance));

    /// <summary>The tensors with their gradients.</summary>
    public IEnumerator<KeyValuePair<Tensor, Tensor>> GetEnumerator() => byTensor.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
