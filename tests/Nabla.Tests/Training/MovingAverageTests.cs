using Nabla.Layers;
using Nabla.Training;

namespace Nabla.Tests.Training;

public class MovingAverageTests
{
    [Fact]
    public void It_follows_the_formula_and_gives_the_models_values_back_to_the_bit()
    {
        var layer = new Linear(1, 1, bias: false);
        var average = new MovingAverage(layer, decay: 0.3);
        double[] values = [4, 1, -2, 8];
        var expected = 0.0;
        for (var t = 1; t <= values.Length; t++)
        {
            layer.Weight.Set(Tensor.Full([1, 1], values[t - 1]));
            average.Update();
            var keep = Math.Min(0.3, (1.0 + t) / (10 + t));
            expected = t == 1 ? values[0] : (keep * expected) + ((1 - keep) * values[t - 1]);
        }
        Assert.Equal(4, average.Updates);
        average.Exchange();
        Assert.Equal(expected, layer.Weight.Value.Item(), 1e-6);
        average.Exchange();
        Assert.Equal(8, layer.Weight.Value.Item());
        Assert.Equal(expected, average.Values.Single().Value.Item(), 1e-6);
    }

    [Fact]
    public void Running_statistics_are_averaged_too()
    {
        var norm = new BatchNorm(1);
        var average = new MovingAverage(norm, decay: 0);
        average.Update();
        norm.RunningMean.Set(Tensor.Full([1], 3));
        average.Update();
        norm.RunningMean.Set(Tensor.Full([1], 5));
        Assert.Equal(3, average.Values.Single(entry => entry.Key == "running_mean").Value.Item());
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_decay_outside_its_range_is_refused(double decay) => Assert.Throws<ArgumentOutOfRangeException>(() => new MovingAverage(new Linear(1, 1), decay));
}
