namespace Nabla.Cli.Datasets;

/// <summary>(x − mean) ÷ deviation for each feature, with the mean and deviation of the training part alone: the held-out part must not be seen in any way.</summary>
sealed class Standardization
{
    readonly Tensor mean, deviation;

    public Standardization(Tensor training)
    {
        mean = training.Mean(0, keepDims: true);
        deviation = (training - mean).Square().Mean(0, keepDims: true).Sqrt();
    }

    /// <summary>x: [examples, features] → same</summary>
    public Tensor Of(Tensor x) => (x - mean) / deviation;
}
