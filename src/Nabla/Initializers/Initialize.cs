namespace Nabla.Initializers;

/// <summary>
/// First values of parameters. A layer's fan-in is the number of inputs that one of its outputs sums over, its fan-out the number of outputs that one input
/// reaches.
/// </summary>
public static class Initialize
{
    private const double RootTwo = 1.4142135623730951;

    /// <summary>All 0.</summary>
    public static Initializer Zeros => Constant(0);

    /// <summary>All 1.</summary>
    public static Initializer Ones => Constant(1);

    /// <summary>The same everywhere.</summary>
    public static Initializer Constant(double value) => (shape, _) => Tensor.Full(shape, value);

    /// <summary>Evenly over low ≤ x &lt; high.</summary>
    public static Initializer Uniform(double low, double high) => (shape, generator) => Tensor.Uniform(shape, low, high, generator);

    /// <summary>Evenly over ±1/√fanIn: what PyTorch gives a linear layer and its bias.</summary>
    public static Initializer Uniform(int fanIn) => Symmetric(1 / Math.Sqrt(Positive(fanIn)));

    /// <summary>Normally distributed.</summary>
    public static Initializer Normal(double mean = 0, double deviation = 1) => (shape, generator) => Tensor.Normal(shape, mean, deviation, generator);

    /// <summary>Evenly over ±gain · √(3 / fanIn), whose deviation is gain / √fanIn (He et al. 2015, §2.2; a gain of √2 is for ReLU).</summary>
    public static Initializer KaimingUniform(int fanIn, double gain = RootTwo) => Symmetric(gain * Math.Sqrt(3.0 / Positive(fanIn)));

    /// <summary>Normal with deviation gain / √fanIn (He et al. 2015, §2.2; a gain of √2 is for ReLU).</summary>
    public static Initializer KaimingNormal(int fanIn, double gain = RootTwo) => Normal(0, gain / Math.Sqrt(Positive(fanIn)));

    /// <summary>Evenly over ±gain · √(6 / (fanIn + fanOut)) (Glorot and Bengio 2010, eq. 16).</summary>
    public static Initializer XavierUniform(int fanIn, int fanOut, double gain = 1) => Symmetric(gain * Math.Sqrt(6.0 / (Positive(fanIn) + (double)Positive(fanOut))));

    /// <summary>Normal with deviation gain · √(2 / (fanIn + fanOut)) (Glorot and Bengio 2010, eq. 12).</summary>
    public static Initializer XavierNormal(int fanIn, int fanOut, double gain = 1) => Normal(0, gain * Math.Sqrt(2.0 / (Positive(fanIn) + (double)Positive(fanOut))));

    /// <summary>
    /// Normal, but within low ≤ x ≤ high: the inverse of the distribution function at evenly spread numbers, by the approximation of Abramowitz and Stegun
    /// 1964, 26.2.23 and two steps of Newton's method.
    /// </summary>
    /// <param name="mean">Of the whole distribution.</param>
    /// <param name="deviation">Of the whole distribution, above 0.</param>
    /// <param name="low">The least value; by default two deviations below the mean.</param>
    /// <param name="high">The largest value; by default two deviations above the mean.</param>
    public static Initializer TruncatedNormal(double mean = 0, double deviation = 1, double? low = null, double? high = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(deviation);
        var (least, most) = (low ?? (mean - (2 * deviation)), high ?? (mean + (2 * deviation)));
        if (!(least < most)) throw new ArgumentException($"TruncatedNormal: low {least} must be below high {most}.");
        return (shape, generator) =>
        {
            var share = Tensor.Uniform(shape, Share((least - mean) / deviation), Share((most - mean) / deviation), generator);
            return ((NormalQuantile(share) * deviation) + mean).Clip(least, most);
        };
    }

    /// <summary>
    /// Rows (or columns, if there are fewer) of length gain at right angles to each other, the axes after the first taken as one (Saxe et al. 2014): Q of a
    /// random normal matrix, its signs chosen so that every such matrix is equally likely.
    /// </summary>
    public static Initializer Orthogonal(double gain = 1) => (shape, generator) =>
    {
        if (shape.Rank < 2 || shape.Length == 0) throw new ArgumentException($"Orthogonal: shape {shape}: at least two axes, none of them empty, are needed.");
        var (rows, columns) = (shape[0], Shape.Dimension(shape.Length / shape[0], "Orthogonal"));
        var (most, least) = (Math.Max(rows, columns), Math.Min(rows, columns));
        var factors = Householder.Of(Tensor.Normal([least, most], generator: generator).To(DType.Float64));
        var q = Tensor.From(factors.OrthonormalColumns(), [least, most]) * gain;
        return (rows < columns ? q : q.Transpose()).To(DType.Float32).Reshape(shape);
    };

    private static Initializer Symmetric(double bound) => Uniform(-bound, bound);

    /// <summary>The share of a normal distribution below x, in deviations.</summary>
    private static double Share(double x) => 0.5 * (1 + Tensor.Scalar(x / RootTwo, DType.Float64).Erf().Item());

    /// <summary>Where a share of a normal distribution lies below.</summary>
    private static Tensor NormalQuantile(Tensor share)
    {
        var low = share < 0.5;
        var t = (Tensor.Minimum(share, 1 - share).Clip(1e-30, 0.5).Log() * -2).Sqrt();
        var far = t - ((((t * 0.010328) + 0.802853) * t + 2.515517) / ((((((t * 0.001308) + 0.189269) * t) + 1.432788) * t) + 1));
        var x = Tensor.Where(low, -far, far);
        for (var step = 0; step < 2; step++)
            x -= ((((x / RootTwo).Erf() + 1) * 0.5) - share) * (x.Square() * 0.5).Exp() * Math.Sqrt(2 * Math.PI);
        return x;
    }

    private static int Positive(int fan)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(fan);
        return fan;
    }
}
