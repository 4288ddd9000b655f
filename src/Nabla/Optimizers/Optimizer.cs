using Nabla.Backends.Cpu;
using Nabla.Schedules;

namespace Nabla.Optimizers;

/// <summary>
/// Changes parameters against their gradients. Each step is one pass over all parameters, in place, by the formula that the class states; the rules and
/// defaults are PyTorch's. NaN and infinite gradients are taken as they are and spread to the parameters: check the loss, or <see cref="Gradients.Norm"/>.
/// </summary>
public abstract partial class Optimizer
{
    private readonly Tracked[] parameters;
    private readonly UpdatePass pass = new();
    private double rate;
    private Tensor? state;

    private protected Optimizer(IEnumerable<ParameterGroup> groups, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(groups);
        parameters = Track([.. groups]);
        LearningRate = learningRate;
    }

    /// <summary>
    /// The step size η of the next step. To set it ends the <see cref="Schedule"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, NaN or infinite.</exception>
    public double LearningRate
    {
        get => Schedule is { } schedule ? Demand.NotNegative(schedule.At(StepCount)) : rate;
        set
        {
            rate = Demand.NotNegative(value);
            Schedule = null;
        }
    }

    /// <summary>Says the learning rate of each step, counted from 0; null: it stays as it was set.</summary>
    public Schedule? Schedule { get; set; }

    /// <summary>Pulls each parameter towards 0: added to the gradient as decay · p (AdamW instead shrinks p itself). 0 or more.</summary>
    public double WeightDecay { get; init => field = Demand.NotNegative(value); }

    /// <summary>How many steps have been taken.</summary>
    public long StepCount { get; private set; }

    /// <summary>
    /// The parameters that it trains at present: all of its groups except frozen ones. <c>Gradients.Of(loss, optimizer.Parameters)</c>
    /// differentiates with respect to these alone.
    /// </summary>
    public IReadOnlyList<Parameter> Parameters =>
        [.. parameters.Select(tracked => tracked.Parameter).Where(parameter => !parameter.IsFrozen)];

    /// <summary>
    /// Takes one step. Parameters without a gradient and frozen ones stay as they are, with their state and their own count of steps.
    /// </summary>
    /// <exception cref="InvalidOperationException">Called inside a closure of <see cref="Gradients.Of(Func{Tensor})"/>.</exception>
    /// <exception cref="ArgumentException">A gradient is not that of one of its parameters.</exception>
    public void Step(Gradients gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (Tape.IsRecording)
            throw new InvalidOperationException($"{Name}.Step inside Gradients.Of would change what the closure has noted. Step after it, with the gradients that it returns.");
        var learningRate = LearningRate;
        Collect(gradients);
        pass.State = EnsureState();
        foreach (var part in pass.Parts) part.Tracked.Steps++;
        foreach (ref var part in pass.Parts) part.Turn = TurnOf(part.Tracked, learningRate);
        Update(pass);
        pass.Finish();
        StepCount++;
    }

    /// <summary>One number of state per parameter element and name.</summary>
    private protected abstract IReadOnlyList<string> Slots { get; }

    /// <summary>Runs the optimizer's rule over all parts.</summary>
    private protected abstract void Update(UpdatePass pass);

    private string Name => GetType().Name;

    private Turn TurnOf(Tracked tracked, double learningRate) =>
        new(tracked.Index, tracked.Steps, tracked.Group.RateAt(StepCount, learningRate), tracked.Group.WeightDecay ?? WeightDecay);

    private void Collect(Gradients gradients)
    {
        pass.Clear();
        pass.GradientFactor = gradients.Factor;
        var known = 0;
        foreach (var tracked in parameters)
        {
            if (!tracked.Parameter.HasValue || !gradients.Unscaled.TryGetValue(tracked.Parameter.Value, out var gradient)) continue;
            known++;
            if (!tracked.Parameter.IsFrozen) pass.Add(tracked, gradient);
        }
        if (known == gradients.Count) return;
        var stranger = gradients.First(pair => parameters.All(tracked => !tracked.Parameter.HasValue || tracked.Parameter.Value != pair.Key)).Key;
        throw new ArgumentException(
            $"{Name}.Step: {gradients.Count - known} of {gradients.Count} gradients, the first of shape {stranger.Shape}, " +
            "belong to no parameter of this optimizer. " +
            "Give it all parameters, or differentiate by its own alone: Gradients.Of(loss, optimizer.Parameters).");
    }

    private static Tracked[] Track(ParameterGroup[] groups)
    {
        var (seen, names) = (new HashSet<Parameter>(), new HashSet<string>());
        var tracked = new List<Tracked>();
        var start = 0L;
        for (var g = 0; g < groups.Length; g++)
        {
            foreach (var (name, parameter) in groups[g].Parameters)
            {
                if (!seen.Add(parameter)) throw new ArgumentException($"Optimizer: parameter {name} {parameter.Shape} is in two groups, or twice in one.");
                var unique = names.Add(name) ? name : $"{g}.{name}";
                tracked.Add(new Tracked(tracked.Count, unique, parameter, groups[g], start));
                start += ManyTensors.Padded(parameter.Shape.Length);
            }
        }
        return tracked.Count > 0 ? [.. tracked] : throw new ArgumentException("Optimizer: there are no parameters to train.");
    }
}

/// <summary>A parameter with what its optimizer knows of it.</summary>
internal sealed class Tracked(int index, string name, Parameter parameter, ParameterGroup group, long start)
{
    public int Index => index;
    public string Name => name;
    public Parameter Parameter => parameter;
    public ParameterGroup Group => group;

    /// <summary>Where its numbers are in each slot of the state.</summary>
    public long Start => start;

    /// <summary>How many of the optimizer's steps had a gradient for it.</summary>
    public long Steps;
}

/// <summary>What a rule's constants are made from.</summary>
/// <param name="Index">Which parameter.</param>
/// <param name="Step">Its how-manieth step, from 1.</param>
/// <param name="Rate">The learning rate η of its group.</param>
/// <param name="Decay">The weight decay of its group.</param>
internal readonly record struct Turn(int Index, long Step, double Rate, double Decay);
