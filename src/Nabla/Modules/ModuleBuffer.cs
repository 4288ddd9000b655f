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
            throw new ArgumentException($"ModuleBuffer: {next.DType}{next.Shape} does not replace {Value.DType}{Value.Shape}.");
        Value = next;
    }

    /// <summary>The current value.</summary>
    public static implicit operator Tensor(ModuleBuffer buffer)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        return buffer.Value;
    }
}
