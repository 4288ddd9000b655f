namespace Nabla.Schedules;

/// <summary>
/// A learning rate that depends on the step: <c>optimizer.Schedule = new CosineDecay(1e-3, steps: 10_000).WarmUp(500)</c>. Steps count from 0.
/// </summary>
public abstract class Schedule
{
    /// <summary>The learning rate of a step, counted from 0.</summary>
    public abstract double At(long step);

    /// <summary>What a schedule has learnt on its way, to be saved; nothing for one that is a function of the step alone.</summary>
    internal virtual IEnumerable<(string Name, Tensor Value)> State => [];

    /// <summary>Goes on from a saved state.</summary>
    internal virtual void Load(IEnumerable<(string Name, Tensor Value)> state)
    {
    }

    /// <summary>Takes the metric of another evaluation, for schedules that go by it.</summary>
    internal virtual void Observe(double metric)
    {
    }

    /// <summary>This schedule for the first <paramref name="steps"/> steps, then the next one from its own step 0 on.</summary>
    public Schedule Then(Schedule next, long steps)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new Chain(this, next, Positive(steps));
    }

    /// <summary>Rises in a straight line from 0 to this schedule's first rate in <paramref name="steps"/> steps, then follows it.</summary>
    public Schedule WarmUp(long steps) => new LinearDecay(0, Positive(steps), At(0)).Then(this, steps);

    private protected static long Positive(long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        return steps;
    }

    private sealed class Chain(Schedule first, Schedule next, long steps) : Schedule
    {
        public override double At(long step) => step < steps ? first.At(step) : next.At(step - steps);

        internal override void Observe(double metric)
        {
            first.Observe(metric);
            next.Observe(metric);
        }

        internal override IEnumerable<(string Name, Tensor Value)> State =>
            [.. first.State.Select(entry => ($"first.{entry.Name}", entry.Value)), .. next.State.Select(entry => ($"next.{entry.Name}", entry.Value))];

        internal override void Load(IEnumerable<(string Name, Tensor Value)> state)
        {
            first.Load(Part("first."));
            next.Load(Part("next."));

            IEnumerable<(string, Tensor)> Part(string prefix) =>
                state.Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(entry => (entry.Name[prefix.Length..], entry.Value));
        }
    }
}
