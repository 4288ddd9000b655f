using Nabla.Initializers;

namespace Nabla.Layers;

/// <summary>
/// (x − mean) / √(variance + ε) · weight + bias over each example's groups of channels (Wu and He 2018).  x: [batch, channels, ..] → same
/// </summary>
/// <param name="groups">How many; they divide the channels. 1: all together; as many as channels: instance normalisation.</param>
/// <param name="channels">The length of the second axis.</param>
/// <param name="epsilon">ε, added to the variance.</param>
public sealed partial class GroupNorm(int groups, int channels, double epsilon = 1e-5) : ILayer
{
    private readonly int groups = groups > 0 && channels % groups == 0 ? groups
        : throw new ArgumentException($"GroupNorm: {channels} channels do not divide into {groups} groups.");

    /// <summary>[channels], 1 at first</summary>
    public Parameter Weight { get; } = new([channels], Initialize.Ones);

    /// <summary>[channels], 0 at first</summary>
    public Parameter Bias { get; } = new([channels], Initialize.Zeros);

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.GroupNorm(groups, Weight, Bias, epsilon);
    }
}
