using Nabla.Checkpoints;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Tests.Training;
using Nabla.Training;

namespace Nabla.Tests.Models;

public class ForecasterTests
{
    static Tensor Windows => Tensor.From(new float[,] { { 1, 2, 4 }, { 7, 5, 3 } });

    [Fact]
    public void A_model_that_says_nothing_says_that_nothing_changes()
    {
        var model = new Forecaster(new Gru(1, 4), horizon: 3, mean: 2, deviation: 5).Initialize(1);
        model.Output.Weight.Set(Tensor.Zeros(model.Output.Weight.Shape));
        model.Output.Bias!.Set(Tensor.Zeros([3]));
        Assert.Equal([4f, 4, 4, 3, 3, 3], model.Forward(Windows).ToArray<float>());
    }

    /// <summary>Standardised: a series in other units has the same forecasts in those units.</summary>
    [Fact]
    public void Forecasts_do_not_depend_on_the_units()
    {
        var metres = new Forecaster(new Lstm(1, 4), 2, mean: 3, deviation: 2).Initialize(1);
        var feet = new Forecaster(new Lstm(1, 4), 2, mean: 3 * 3.25 + 10, deviation: 2 * 3.25).Initialize(1);
        Reference.AssertClose((metres.Forward(Windows) * 3.25) + 10, feet.Forward((Windows * 3.25) + 10), tolerance: 1e-6);
    }

    /// <summary>Near 10⁹ numbers of 32 bits lie 64 apart: changes of 1 survive in float64 alone, which each step of the way must keep. Sums of small whole numbers and 10⁹ are exact.</summary>
    [Fact]
    public void A_series_near_a_billion_whose_changes_are_small_is_foretold_as_it_is_near_nothing()
    {
        const double Far = 1e9;
        Forecaster Model(double shift) => new Forecaster(new Gru(1, 6), 2, mean: 3 + shift, deviation: 2).Initialize(1);
        var windows = Tensor.From(new double[,] { { 1, 2, 4 }, { 7, 5, 3 } });
        var (near, far) = (Model(0).Forward(windows), Model(Far).Forward(windows + Far));
        Assert.Equal(DType.Float64, far.DType);
        Reference.AssertClose(near, far - Far, tolerance: 1e-6);
        Reference.AssertClose(Model(0).Forward(windows.To(DType.Float32)), near.To(DType.Float32), tolerance: 1e-6);
        Reference.AssertClose(near, Model(Far).Forward(new Ragged((windows + Far).Reshape(6), 3, 3)) - Far, tolerance: 1e-6);
        Assert.Contains("windows of Int64: floats are needed", Assert.Throws<ArgumentException>(() => Model(0).Forward(windows.To(DType.Int64))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mean_near_a_billion_keeps_its_digits_in_a_checkpoint()
    {
        var path = Path.GetTempFileName();
        try
        {
            Checkpoint.Save(new Forecaster(new Gru(1, 2), 1, mean: 1e9 + 3.25, deviation: 2).Initialize(1), path);
            var loaded = new Forecaster(new Gru(1, 2), 1);
            Checkpoint.Load(loaded, path);
            Assert.Equal(1e9 + 3.25, loaded.Mean.Value.Item());
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>xₜ₊₁ = 2 cos(ω) xₜ − xₜ₋₁ holds for any sine, so a window says all about what comes.</summary>
    [Fact]
    public void A_sine_is_foretold_far_better_than_by_its_last_value()
    {
        double[] series = [.. Enumerable.Range(0, 300).Select(t => 10 + (3 * Math.Sin(0.4 * t)))];
        LabelledBatch Batch(IReadOnlyList<int> origins) => new(
            Tensor.From([.. origins.SelectMany(o => series[(o - 16)..o]).Select(v => (float)v)], [origins.Count, 16]), Tensor.From([.. origins.SelectMany(o => series[o..(o + 4)]).Select(v => (float)v)], [origins.Count, 4]));
        var model = new Forecaster(new Gru(1, 16), horizon: 4, mean: 10, deviation: 2.1).Initialize(1);
        Dataset<int> origins = Dataset.From(180, i => (int)i + 16);
        new Trainer<LabelledBatch>(model, new Adam(model, 0.01), batch => (model.Forward(batch.Inputs) - batch.Labels).Square().Mean()) { Epochs = 1000, Steps = 200 }.Run(origins.Shuffle(1).Batch(32, Batch));
        var test = Batch([.. Enumerable.Range(220, 60)]);
        var error = (model.Forward(test.Inputs) - test.Labels).Abs().Mean().Item();
        var last = (test.Inputs[.., ^1..] - test.Labels).Abs().Mean().Item();
        Assert.True(error < last / 5, $"{error} against {last}");
    }

    [Fact]
    public void Windows_of_any_lengths_are_foretold_as_each_alone()
    {
        var model = new Forecaster(new Gru(1, 6), 2, mean: 3, deviation: 2).Initialize(1);
        var windows = new Ragged(Tensor.Normal([9], 3, 2, new Generator(2)), 2, 6, 1);
        var all = model.Forward(windows);
        for (var i = 0; i < windows.Count; i++) Reference.AssertClose(model.Forward(windows[i].Unsqueeze(0))[0], all[i], tolerance: 1e-6);
        Assert.Contains("[elements] is needed", Assert.Throws<ArgumentException>(() => model.Forward(new Ragged(Tensor.Zeros([2, 1]), 2))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Contains("1 input and one direction", Assert.Throws<ArgumentException>(() => new Forecaster(new Lstm(2, 4), 1)).Message, StringComparison.Ordinal);
        Assert.Contains("deviation above 0", Assert.Throws<ArgumentOutOfRangeException>(() => new Forecaster(new Lstm(1, 4), 1, deviation: 0)).Message, StringComparison.Ordinal);
        Assert.Contains("a horizon of at least 1", Assert.Throws<ArgumentOutOfRangeException>(() => new Forecaster(new Lstm(1, 4), 0)).Message, StringComparison.Ordinal);
        Assert.Contains("a finite mean", Assert.Throws<ArgumentOutOfRangeException>(() => new Forecaster(new Lstm(1, 4), 1, mean: double.NaN)).Message, StringComparison.Ordinal);
        Assert.Contains("[batch, window] is needed", Assert.Throws<ArgumentException>(() => new Forecaster(new Lstm(1, 4), 1).Forward(Tensor.From(1f, 2))).Message, StringComparison.Ordinal);
    }
}
