using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

public class ForecastErrorsTests
{
    [Fact]
    public void Errors_are_scaled_by_the_change_of_one_step()
    {
        // Changes of 2, 4 and 3: 3 on the mean.
        var errors = new ForecastErrors([1, 3, 7, 4]);
        errors.Update([5, 6], [8, 5]);
        errors.Update([1.0], [3.0]);
        Assert.Equal(3, errors.Count);
        Assert.Equal(2, errors.MeanAbsolute, 1e-12);
        Assert.Equal(Math.Sqrt((9 + 1 + 4) / 3.0), errors.RootMeanSquared, 1e-12);
        Assert.Equal(2 / 3.0, errors.MeanAbsoluteScaled, 1e-12);
    }

    [Fact]
    public void A_series_without_change_has_no_scale()
    {
        var still = new ForecastErrors([2, 2]);
        still.Update([2.0], [3.0]);
        Assert.Equal(double.NaN, still.MeanAbsoluteScaled);
        Assert.Contains("2 are needed at least", Assert.Throws<ArgumentException>(() => new ForecastErrors([1])).Message, StringComparison.Ordinal);
    }
}
