using Nabla.Layers;

namespace Nabla.Models;

/// <summary>y = x · Wᵀ + b, fitted by the mean squared error: by descent or, at once, by <see cref="Fit"/>.  x: [.., inputs] → [.., outputs]</summary>
/// <param name="inputs">The length of x's last axis.</param>
/// <param name="outputs">The length of y's last axis.</param>
public sealed partial class LinearRegression(int inputs, int outputs = 1) : ILayer
{
    /// <summary>W and b</summary>
    public Linear Linear { get; } = new(inputs, outputs);

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => Linear.Forward(x);

    /// <summary>The mean of (prediction − y)² over all examples and outputs.</summary>
    public Tensor Loss(Tensor x, Tensor y) => Forward(x).MeanSquaredError(y);

    /// <summary>
    /// Sets W and b where the loss is least, in closed form (see <see cref="LeastSquares"/>).  x: [examples, inputs], y: [examples, outputs]
    /// </summary>
    /// <exception cref="ArgumentException">The shapes do not fit, or the solution is not unique.</exception>
    public void Fit(Tensor x, Tensor y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        // About the means, where b is 0: a far-off origin would cost digits.
        var (x64, y64) = (x.To(DType.Float64), y.To(DType.Float64));
        var (centre, level) = (x64.Mean(0), y64.Mean(0));
        var solution = LeastSquares.Solve(x64 - centre, y64 - level);       // [inputs, outputs]
        Linear.Weight.Set(solution.Transpose());
        Linear.Bias!.Set(level - centre.MatMul(solution));
    }
}
