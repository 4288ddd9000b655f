using CsCheck;
using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

public sealed class ProportionTests
{
    /// <summary>Newcombe 1998, "Two-sided confidence intervals for the single proportion", Table I, method 3.</summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Intervals_are_those_of_newcombe(long successes, long total, double lower, double upper)
    {
        var interval = Proportion.Wilson(successes, total);
        Assert.Equal(lower, interval.Lower, 4);
        Assert.Equal(upper, interval.Upper, 4);
    }

    /// <summary>The bounds are where the score test just accepts: |p̂ − p| = z √(p (1 − p) / n).</summary>
    [Fact]
    public void The_score_test_just_accepts_the_bounds() =>
        Gen.Select(Gen.Long[1, 100_000], Gen.Double[0, 1], Gen.Double[0.1, 4]).Sample((total, share, z) =>
        {
            var successes = (long)(share * total);
            var interval = Proportion.Wilson(successes, total, z);
            foreach (var bound in new[] { interval.Lower, interval.Upper })
                Assert.Equal(Math.Abs(((double)successes / total) - bound), z * Math.Sqrt(bound * (1 - bound) / total), 1e-6);
        });

    [Fact]
    public void The_ends_are_exact()
    {
        Assert.Equal(0, Proportion.Wilson(0, 7).Lower);
        Assert.Equal(1, Proportion.Wilson(7, 7).Upper);
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.Wilson(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.Wilson(3, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.Wilson(-1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Proportion.Wilson(1, 2, 0));
    }

    [Fact]
    public void The_majority_is_that_of_the_training_labels()
    {
        Assert.Equal(new(2, 0.25), MajorityBaseline.Of<int>([2, 0, 2, 1], [0, 0, 2, 1]));
        Assert.Equal(new(-1, 0.5), MajorityBaseline.Of<int>([3, -1, 3, -1], [-1, 0]));
        Assert.Throws<ArgumentException>(() => MajorityBaseline.Of<int>([], [1]));
        Assert.Throws<ArgumentException>(() => MajorityBaseline.Of<int>([1], []));
    }
}
