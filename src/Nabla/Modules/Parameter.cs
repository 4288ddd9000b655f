using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla;

/// <summary>Makes the first value of a parameter of a shape from a generator.</summary>
public delegate Tensor Initializer(Shape shape, Generator generator);

/// <summary>
/// A tensor that is trained. Its value comes into being when first used: from a checkpoint, or from its initializer and (seed, path),
/// so that the order of construction does not matter and nothing is initialised in vain.
/// </summary>
/// <param name="shape">The shape of the value.</param>
/// <param name="initializer">Makes the first value.</param>
public sealed class Parameter(Shape shape, Initializer initializer)
{
    private static int anonymous;

    private readonly Lock gate = new();
    private ulong seed;
    private string? path;
    private Tensor? value;
    private DType dtype = DType.Float32;
    private bool frozen;

    /// <summary>The shape of the value.</summary>
    public Shape Shape => shape;

    /// <summary>Where it is in its model, such as <c>layers.0.weight</c>; null until the model is initialised or listed.</summary>
    public string? Path => path;

    /// <summary>The type of the value's elements: Float32, unless the module was moved (<see cref="Modules.To{M}"/>).</summary>
    public DType DType => dtype;

    /// <summary>The value. The same tensor for as long as the parameter keeps its type; an optimizer changes what it holds.</summary>
    public Tensor Value => Volatile.Read(ref value) ?? Materialize();

    /// <summary>The value.</summary>
    public static implicit operator Tensor(Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Value;
    }

    /// <summary>Whether the parameter is frozen: no gradient is computed with respect to it and no optimizer changes it.</summary>
    public bool IsFrozen => Volatile.Read(ref frozen);

    /// <summary>
    /// Excludes the parameter from training, as PyTorch's <c>requires_grad_(False)</c>: <c>Gradients.Of</c> computes no gradient with
    /// respect to it, nor any that only leads to it; optimizers skip it and keep its state. Checkpoints hold it like any other; whether it
    /// is frozen is not saved. Dropout and batch statistics do not depend on it: they follow <c>Mode</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">Called inside a closure of <c>Gradients.Of</c>.</exception>
    public void Freeze() => SetFrozen(true);

    /// <summary>Trains the parameter again, from the value that it has and the optimizer's state that it had.</summary>
    /// <exception cref="InvalidOperationException">Called inside a closure of <c>Gradients.Of</c>.</exception>
    public void Unfreeze() => SetFrozen(false);

    private void SetFrozen(bool next)
    {
        if (Recorder.Current is not null)
            throw new InvalidOperationException($"Parameter {path}: {(next ? "Freeze" : "Unfreeze")} inside Gradients.Of " +
                "would contradict what the closure has recorded. Call it before the closure runs.");
        lock (gate)
        {
            Volatile.Write(ref frozen, next);
            if (value is not null) value.IsFrozen = next;
        }
    }

    private Tensor Materialize()
    {
        lock (gate)
        {
            if (value is not null) return value;
            path ??= $"#{Interlocked.Increment(ref anonymous)}";
            var first = initializer(shape, Generator.For(seed, path));
            if (first.Shape != shape) throw new InvalidOperationException($"Parameter {path}: its initializer made {first.Shape}, {shape} is needed.");
            return Hold(first);
        }
    }

    /// <summary>A value of its own, of its type.</summary>
    private Tensor Hold(Tensor values)
    {
        var made = Tensor.EmptyParameter(shape, dtype);
        made.IsFrozen = frozen;
        CopyLoops.Copy(values.To(dtype), made);
        Volatile.Write(ref value, made);
        return made;
    }

    /// <summary>Changes the type, and the value if there is one.</summary>
    internal void To(DType next)
    {
        lock (gate)
        {
            if (dtype == next) return;
            dtype = next;
            if (value is { } before) Hold(before);
        }
    }

    /// <summary>Says where it is and, if it has no value yet, which seed its first value comes from.</summary>
    internal void Place(string where, ulong withSeed)
    {
        lock (gate)
        {
            (path, seed) = (where, withSeed);
        }
    }

    /// <summary>Says where it is, unless that is known already: what its first value comes from does not change any more.</summary>
    internal void Place(string where)
    {
        lock (gate)
        {
            path ??= where;
        }
    }

    /// <summary>Whether the value has come into being.</summary>
    internal bool HasValue => Volatile.Read(ref value) is not null;

    /// <summary>Copies new values in, as numbers of the parameter's type.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void Set(Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Shape != shape) throw new ArgumentException($"Parameter {path}: values of shape {values.Shape} do not fit {shape}.");
        lock (gate)
        {
            if (value is not { } target)
            {
                Hold(values);
                return;
            }
            // A view of the value itself is read before it is written.
            CopyLoops.Copy(values.To(dtype).Contiguous(), target);
            target.Storage.Touch();
        }
    }

    /// <summary>The path and shape.</summary>
    public override string ToString() => $"{path ?? "parameter"} {shape}";
}
