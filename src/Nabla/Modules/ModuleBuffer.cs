using Nabla.Ops;

namespace Nabla;

/// <summary>A tensor that belongs to a model's state and is saved with it, but is not trained: running statistics.</summary>
/// <param name="value">The first value.</param>
public sealed class ModuleBuffer(Tensor value)
{
    /// <summary>The current value.</summary>
    public Tensor Value { get; private set; } = value;

    /// <summary>Replaces the value.</summary>
    /// <exception cref="ArgumentException">The shape or the type differs.</exception>
    public void Set(Tensor next)
    {
        ArgumentNullException.ThrowIfNull(next);
        if (next.Shape != Value.Shape || next.DType != Value.DType)
            throw new ArgumentException($"ModuleBuffer: {next.DType}{next.Shape} does not replace {Value.DType}{Value.Shape}.{(next.DType.IsFloat && Value.DType.IsFloat && next.DType != Value.DType ? $" Convert it, x.To(DType.{Value.DType}), or move the module: module.To(DType.{next.DType})." : "")}");
        Value = next;
    }

    /// <summary>Changes the type of a buffer of floats to another type of floats.</summary>
    internal void To(DType dtype)
    {
        using var paused = Recorder.Pause();
        if (Value.DType.IsFloat && dtype.IsFloat) Value = Value.To(dtype);
    }

    /// <summary>The current value.</summary>
    public static implicit operator Tensor(ModuleBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return buffer.Value;
    }
}
