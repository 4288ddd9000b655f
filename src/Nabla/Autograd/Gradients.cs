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
    private readonly Dictionary<Tensor, Tensor> unscaled;
    private readonly double factor;
    private Dictionary<Tensor, Tensor>? scaled;
    private double norm = -1;

    private Gradients(Dictionary<Tensor, Tensor> unscaled, double factor = 1) => (this.unscaled, this.factor) = (unscaled, factor);

    /// <summary>The gradients before they are multiplied by <see cref="Factor"/>: an optimizer does that as it reads them.</summary>
    internal IReadOnlyDictionary<Tensor, Tensor> Unscaled => unscaled;

    /// <summary>By what all gradients are yet to be multiplied.</summary>
    internal double Factor => factor;

    private Dictionary<Tensor, Tensor> ByTensor =>
        factor == 1 ? unscaled : Volatile.Read(ref scaled) ?? (scaled = GradientNorm.Scaled(unscaled, factor));

    /// <summary>
    /// Runs a closure and differentiates the number it returns with respect to every parameter that it used and that is not frozen. The
    /// closure is the only place where operations are recorded; dropout and batch statistics behave as in training inside it (see
    /// <see cref="Mode"/>).
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
    /// <exception cref="ArgumentException">The closure returned more than one number, or a source is not of a float type or is the value of
    /// a frozen parameter.</exception>
    public static (Tensor Loss, Gradients Gradients) Of(Func<Tensor> loss, params ReadOnlySpan<Tensor> sources)
    {
        ArgumentNullException.ThrowIfNull(loss);
        Validate(sources);
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
    /// <exception cref="ArgumentException">The result is not of the upstream's shape and type, or a source is not of a float type or is the
    /// value of a frozen parameter.</exception>
    public static (Tensor Result, Gradients Gradients) Pullback(Func<Tensor> result, Tensor upstream, params ReadOnlySpan<Tensor> sources)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(upstream);
        Validate(sources);
        var (value, gradients) = Tape.Differentiate(result, new Tape.Sources(sources.ToArray()), upstream);
        return (value, new Gradients(gradients));
    }

    /// <summary>Differentiates with respect to these parameters alone; operations that lead only to others are not recorded.</summary>
    /// <exception cref="ArgumentException">The closure returned more than one number, or a parameter is frozen.</exception>
    public static (Tensor Loss, Gradients Gradients) Of(Func<Tensor> loss, IEnumerable<Parameter> parameters) =>
        Of(loss, ValuesOf(parameters));

    /// <summary>
    /// Runs a closure that returns a loss and whatever else it has computed, such as the model's outputs for metrics, and differentiates
    /// the loss with respect to every parameter that it used and that is not frozen:
    /// <c>var (loss, logits, gradients) = Gradients.Of(() =&gt; { var y = model.Forward(x); return (y.CrossEntropy(labels), y); })</c>.
    /// The auxiliary result is not differentiated: its tensors are values from the forward pass, as <c>Detach</c> gives in PyTorch. They
    /// stay valid after the backward pass. Within another closure they belong to the outer one, which does differentiate them.
    /// </summary>
    /// <exception cref="ArgumentException">The loss is more than one number.</exception>
    public static (Tensor Loss, TAuxiliary Auxiliary, Gradients Gradients) Of<TAuxiliary>(Func<(Tensor Loss, TAuxiliary Auxiliary)> loss) =>
        WithAuxiliary(loss, new Tape.Sources(null));

    /// <summary>The same with respect to these tensors alone.</summary>
    /// <exception cref="ArgumentException">
    /// The loss is more than one number, or a source is not of a float type or is the value of a frozen parameter.
    /// </exception>
    public static (Tensor Loss, TAuxiliary Auxiliary, Gradients Gradients) Of<TAuxiliary>(
        Func<(Tensor Loss, TAuxiliary Auxiliary)> loss, params ReadOnlySpan<Tensor> sources)
    {
        Validate(sources);
        return WithAuxiliary(loss, new Tape.Sources(sources.ToArray()));
    }

    /// <summary>The same with respect to these parameters alone.</summary>
    /// <exception cref="ArgumentException">The loss is more than one number, or a parameter is frozen.</exception>
    public static (Tensor Loss, TAuxiliary Auxiliary, Gradients Gradients) Of<TAuxiliary>(
        Func<(Tensor Loss, TAuxiliary Auxiliary)> loss, IEnumerable<Parameter> parameters) => Of(loss, ValuesOf(parameters));

    private static (Tensor, TAuxiliary, Gradients) WithAuxiliary<TAuxiliary>(Func<(Tensor, TAuxiliary)> loss, Tape.Sources sources)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var auxiliary = default(TAuxiliary)!;
        var (value, gradients) = Tape.Differentiate(() =>
        {
            (var computed, auxiliary) = loss();
            return computed;
        }, sources);
        return (value, auxiliary, new Gradients(gradients));
    }

    /// <summary>The gradient by a tensor.</summary>
    /// <exception cref="KeyNotFoundException">The loss does not depend on it.</exception>
    public Tensor this[Tensor source] => ByTensor.TryGetValue(source, out var gradient) ? gradient
        : throw new KeyNotFoundException($"The loss has no gradient by this tensor of shape {source?.Shape}: the closure did not use it, or it is neither a parameter nor a named source.");

    /// <summary>The gradient by a parameter.</summary>
    /// <exception cref="KeyNotFoundException">The loss does not depend on it.</exception>
    public Tensor this[Parameter parameter]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(parameter);
            return ByTensor.TryGetValue(parameter.Value, out var gradient) ? gradient
                : throw new KeyNotFoundException(parameter.IsFrozen
                    ? $"Parameter {parameter} is frozen: the loss has no gradient with respect to it. Unfreeze() it before Gradients.Of."
                    : $"The loss does not depend on parameter {parameter}.");
        }
    }

    /// <summary>The gradient by a tensor, if the loss depends on it.</summary>
    public bool TryGet(Tensor source, out Tensor gradient) => ByTensor.TryGetValue(source, out gradient!);

    /// <summary>How many tensors have a gradient.</summary>
    public int Count => unscaled.Count;

    /// <summary>√Σ g² over all elements of all gradients.</summary>
    public double Norm() => norm >= 0 ? norm : norm = Math.Sqrt(GradientNorm.Squared([.. ByTensor.Values]));

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
        return this * scale;
    }

    /// <summary>The gradients of a sum of two losses: where both have one of a tensor, they are added.</summary>
    public static Gradients operator +(Gradients left, Gradients right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var sum = new Dictionary<Tensor, Tensor>(left.ByTensor, left.ByTensor.Comparer);
        foreach (var (source, gradient) in right.ByTensor)
            sum[source] = sum.TryGetValue(source, out var other) ? other + gradient : gradient;
        return new(sum);
    }

    /// <summary>The gradients of a multiple of the loss.</summary>
    public static Gradients operator *(Gradients gradients, double factor)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (factor == 1) return gradients;
        return Tape.IsRecording ? gradients.Map(gradient => gradient * factor) : new(gradients.unscaled, gradients.factor * factor);
    }

    /// <summary>Every element held between −max and max.</summary>
    public Gradients ClipValue(double max)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(max);
        return Map(gradient => gradient.Clip(-max, max));
    }

    private static void Validate(ReadOnlySpan<Tensor> sources, [CallerMemberName] string member = "")
    {
        foreach (var source in sources)
        {
            if (!source.DType.IsFloat) throw new ArgumentException($"Gradients.{member}: a source is {source.DType}{source.Shape}; gradients exist for Float32 and Float64 only.");
            if (source.IsFrozen)
                throw new ArgumentException($"Gradients.{member}: a source of shape {source.Shape} is the value of a frozen parameter, " +
                    "which has no gradient. Unfreeze the parameter, or leave it out.");
        }
    }

    private static Tensor[] ValuesOf(IEnumerable<Parameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameter[] all = [.. parameters];
        return Array.Find(all, parameter => parameter.IsFrozen) is not { } frozen ? Array.ConvertAll(all, parameter => parameter.Value)
            : throw new ArgumentException($"Gradients.Of: parameter {frozen} is frozen, so it has no gradient. " +
                "Unfreeze it, or leave it out, as optimizer.Parameters does.");
    }

    private Gradients Map(Func<Tensor, Tensor> change) =>
        new(ByTensor.ToDictionary(pair => pair.Key, pair => change(pair.Value), unscaled.Comparer));

    /// <summary>The tensors with their gradients.</summary>
    public IEnumerator<KeyValuePair<Tensor, Tensor>> GetEnumerator() => ByTensor.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
