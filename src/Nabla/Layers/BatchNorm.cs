using Nabla.Initializers;

namespace Nabla.Layers;

/// <summary>
/// (x − mean) / √(variance + ε) · weight + bias per channel (Ioffe and Szegedy 2015): in training with the batch's statistics, which the running ones follow,
/// in use with the running ones.  x: [batch, channels] or [batch, channels, ..] → same. PyTorch's checkpoints also count the batches, in
/// <c>num_batches_tracked</c>, which nothing here depends on: <c>new KeyMap().Ignore("num_batches_tracked")</c>.
/// </summary>
/// <param name="channels">The length of the second axis.</param>
/// <param name="momentum">How much of a batch's statistics the running ones take: running ← (1 − momentum) · running + momentum · batch.</param>
/// <param name="epsilon">ε, added to the variance.</param>
public sealed partial class BatchNorm(int channels, double momentum = 0.1, double epsilon = 1e-5) : ILayer
{
    /// <summary>[channels], 1 at first</summary>
    public Parameter Weight { get; } = new([channels], Initialize.Ones);

    /// <summary>[channels], 0 at first</summary>
    public Parameter Bias { get; } = new([channels], Initialize.Zeros);

    /// <summary>[channels], 0 at first</summary>
    public ModuleBuffer RunningMean { get; } = new(Tensor.Zeros([channels]));

    /// <summary>
    /// [channels], 1 at first. Of the batch it takes the estimate for all data, which divides by n − 1; the normalisation itself divides by n.
    /// </summary>
    public ModuleBuffer RunningVar { get; } = new(Tensor.Ones([channels]));

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!Mode.IsTraining) return x.BatchNormInference(RunningMean, RunningVar, Weight, Bias, epsilon);
        var (y, mean, variance) = x.BatchNormAndStatistics(Weight, Bias, epsilon);
        Follow(x, mean, variance);
        return y;
    }

    /// <summary>What it does in use, as two numbers per channel: x · scale + shift, both [channels].</summary>
    internal (Tensor Scale, Tensor Shift) ScaleAndShift()
    {
        var scale = Weight / (RunningVar.Value + epsilon).Sqrt();
        return (scale, Bias - (RunningMean.Value * scale));
    }

    private void Follow(Tensor x, Tensor mean, Tensor variance)
    {
        var count = x.Length / channels;
        if (count < 2) throw new ArgumentException($"BatchNorm: x {x.Shape} has {count} value per channel; in training at least 2 are needed for a variance. Use a larger batch or Mode.Evaluate().");
        RunningMean.Set((RunningMean.Value * (1 - momentum)) + (mean * momentum));
        RunningVar.Set((RunningVar.Value * (1 - momentum)) + (variance * (momentum * count / (count - 1))));
    }
}
