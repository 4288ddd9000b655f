namespace Nabla.Optimizers;

/// <summary>
/// Parameters that an optimizer treats alike, with what differs from the rest:
/// <c>new AdamW([new(model, path => !path.EndsWith("bias")), new(model, path => path.EndsWith("bias")) { WeightDecay = 0 }], 1e-4)</c>.
/// For Transformers: <see cref="ForFineTuning(IModule)"/>.
/// </summary>
public sealed partial class ParameterGroup
{
    private ParameterGroup((string, Parameter)[] parameters) => Parameters = parameters;

    /// <summary>The parameters of a module, or those of them whose path is chosen.</summary>
    public ParameterGroup(IModule module, Func<string, bool>? where = null)
        : this([.. Members.Of(module).Parameters.Where(member => where is null || where(member.Path))])
    {
        foreach (var (path, parameter) in Parameters) parameter.Place(path);
    }

    /// <summary>These parameters. One without a path of its own is named by its place in the list.</summary>
    public ParameterGroup(IEnumerable<Parameter> parameters) : this([.. parameters.Select((parameter, i) => (Name(parameter, i), parameter))])
    {
    }

    /// <summary>A group of one.</summary>
    public static implicit operator ParameterGroup(Parameter parameter) => new([parameter]);

    internal IReadOnlyList<(string Name, Parameter Parameter)> Parameters { get; }

    /// <summary>Times the optimizer's learning rate; 0 or more.</summary>
    public double LearningRateFactor { get; init => field = Demand.NotNegative(value); } = 1;

    /// <summary>
    /// By what the learning rate of each step, counted from 0, is multiplied as well, whether a schedule gives the rate or it was assigned:
    /// a schedule of the group's own. It gives 0 or more; null: 1.
    /// </summary>
    public Func<long, double>? ScheduleFactor { get; init; }

    /// <summary>The learning rate of the group's parameters.</summary>
    internal double RateAt(long step, double learningRate)
    {
        var rate = learningRate * LearningRateFactor;
        return ScheduleFactor is { } factor ? rate * Demand.NotNegative(factor(step), nameof(ScheduleFactor)) : rate;
    }

    /// <summary>In place of the optimizer's weight decay; 0 or more.</summary>
    public double? WeightDecay { get; init => field = value is { } decay ? Demand.NotNegative(decay) : null; }

    private static string Name(Parameter parameter, int place)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Path is { } path && !path.StartsWith('#') ? path : $"{place}";
    }
}
