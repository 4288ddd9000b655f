using Nabla.Schedules;

namespace Nabla.Tests.Schedules;

public class ScheduleTests
{
    public static TheoryData<string> Cases => [.. Reference.Cases("optimizers").Where(c => c.Has("rates")).Select(c => c.Name)];

    [Theory, MemberData(nameof(Cases))]
    public void Rates_are_those_of_PyTorch_and_of_the_papers(string name)
    {
        var c = Reference.Case("optimizers", name);
        var rate = c.Number("base");
        Schedule schedule = c.Attributes.GetProperty("kind").GetString() switch
        {
            "step" => new StepDecay(rate, (long)c.Number("step_size"), c.Number("gamma")),
            "cosine" => new CosineDecay(rate, (long)c.Number("t_max"), c.Number("eta_min")),
            "exponential" => new ExponentialDecay(rate, c.Number("gamma")),
            "one_cycle" => new OneCycle(c.Number("max_lr"), (long)c.Number("total_steps")),
            "warmup_linear" => new LinearDecay(rate, (long)(c.Number("total") - c.Number("warmup"))).WarmUp((long)c.Number("warmup")),
            "warmup_inverse_sqrt" => new InverseSquareRoot(rate, (long)c.Number("warmup")),
            var kind => throw new NotSupportedException(kind),
        };
        var expected = c["rates"].ToArray<float>();
        for (var step = 0; step < expected.Length; step++) Assert.Equal(expected[step], schedule.At(step), 1e-7);
    }

    [Theory]
    [InlineData(6, 60, 5e-5)]
    [InlineData(0, 60, 1e-4)]
    [InlineData(60, 60, 2e-5)]
    [InlineData(7, 61, 0.1)]
    public void Linear_with_warm_up_has_the_rates_of_transformers(long warmUp, long steps, double rate)
    {
        // transformers.optimization._get_linear_schedule_with_warmup_lr_lambda
        double Factor(long step) => step < warmUp ? (double)step / Math.Max(1, warmUp)
            : Math.Max(0.0, (double)(steps - step) / Math.Max(1, steps - warmUp));
        var schedule = new LinearWithWarmUp(rate, warmUp, steps);
        for (var step = 0L; step < steps + 5; step++) Assert.Equal(rate * Factor(step), schedule.At(step));
        if (warmUp > 0) Assert.Equal((0.0, rate * (1.0 / warmUp)), (schedule.At(0), schedule.At(1)));
    }

    [Fact]
    public void Linear_with_warm_up_has_the_stored_rates()
    {
        var c = Reference.Case("optimizers", "schedule_warmup_linear");
        var schedule = new LinearWithWarmUp(c.Number("base"), (long)c.Number("warmup"), (long)c.Number("total"));
        var expected = c["rates"].ToArray<float>();
        for (var step = 0; step < expected.Length; step++) Assert.Equal(expected[step], schedule.At(step), 1e-7);
    }

    [Fact]
    public void More_warm_up_than_steps_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearWithWarmUp(1, warmUp: 6, steps: 5));

    [Fact]
    public void Linear_and_polynomial_decay_stay_at_their_end()
    {
        Assert.Equal([1, 0.75, 0.5, 0.5], new long[] { 0, 1, 2, 9 }.Select(new LinearDecay(1, 2, 0.5).At));
        Assert.Equal([1, 0.25 + (0.75 * 0.25), 0.25, 0.25], new long[] { 0, 2, 4, 9 }.Select(new PolynomialDecay(1, 4, power: 2, last: 0.25).At));
    }

    [Fact]
    public void Schedules_follow_one_another()
    {
        var schedule = new Constant(1).Then(new LinearDecay(1, 2), 3).Then(new Constant(5), 4);
        Assert.Equal([1, 1, 1, 1, 5, 5], new long[] { 0, 1, 2, 3, 4, 100 }.Select(schedule.At));
        Assert.Equal([0, 0.5, 1, 0.75], new long[] { 0, 1, 2, 3 }.Select(new LinearDecay(1, 4).WarmUp(2).At));
    }

    [Fact]
    public void One_cycle_ends_low_and_stays_there()
    {
        var schedule = new OneCycle(1, 10);
        Assert.Equal(0.04, schedule.At(0), 1e-12);
        Assert.Equal(1, schedule.At(2), 1e-12);
        Assert.Equal(4e-6, schedule.At(9), 1e-12);
        Assert.Equal(4e-6, schedule.At(1000), 1e-12);
    }

    [Fact]
    public void Plateau_drops_after_its_patience_and_cools_down()
    {
        var schedule = new Plateau(1, 0.1, patience: 1, coolDown: 2, least: 0.05);
        double[] losses = [5, 4, 4, 4, 4, 4, 4, 4, double.NaN];
        double[] expected = [1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05];
        Assert.Equal(expected, losses.Select(loss =>
        {
            schedule.Report(loss);
            return schedule.At(123);
        }));
    }

    [Fact]
    public void Plateau_of_a_score_waits_for_it_to_rise()
    {
        var schedule = new Plateau(1, 0.5, patience: 0, largerIsBetter: true);
        schedule.Report(0.5);
        schedule.Report(0.6);
        Assert.Equal(1, schedule.At(0));
        schedule.Report(0.60001);
        Assert.Equal(0.5, schedule.At(0));
    }

    [Fact]
    public void Impossible_schedules_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new StepDecay(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CosineDecay(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OneCycle(1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new OneCycle(1, 10, rising: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Plateau(1, factor: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Constant(1).WarmUp(0));
        Assert.Throws<ArgumentNullException>(() => new Constant(1).Then(null!, 1));
    }
}
