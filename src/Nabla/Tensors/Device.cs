namespace Nabla;

/// <summary>Where a tensor lives and where the ops on it run.</summary>
public readonly record struct Device
{
    /// <summary>Null is the processor, so that the default device is one.</summary>
    private readonly string? name;

    private Device(string? name) => this.name = name;

    /// <summary>Its name, as a user writes it: <c>cpu</c>.</summary>
    public string Name => name ?? "cpu";

    /// <summary>The processor and main memory.</summary>
    public static Device Cpu => new(null);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
