using System.Globalization;

namespace Nabla.Optimizers;

public sealed partial class ParameterGroup
{
    /// <summary>
    /// The groups that a Transformer is trained and fine-tuned with: no weight decay for biases and the parameters of normalisation layers,
    /// which are all parameters of at most one axis (Devlin et al. 2019 as published). Parameters keep the names that they have in one
    /// group.
    /// </summary>
    /// <param name="model">What to train.</param>
    public static IReadOnlyList<ParameterGroup> ForFineTuning(IModule model) => ForFineTuning(model, _ => 0, 1);

    /// <summary>
    /// The same with a lower learning rate for lower layers (discriminative fine-tuning; Howard, Ruder 2018, §3.1): rate · decay^depth.
    /// What the model declares after its layers, such as a pooler and a classifier, has depth 0, the last layer 1, the first as many as
    /// there are, and what is declared before them, the embeddings, one more.
    /// </summary>
    /// <param name="model">What to train.</param>
    /// <param name="layers">The path of the list of layers: <c>encoder.layers</c>, where they are <c>encoder.layers.0</c> and so
    /// on.</param>
    /// <param name="layerDecay">By what the rate is multiplied from one layer to the one below, above 0 and at most 1.</param>
    /// <exception cref="ArgumentException">The model has no such layers.</exception>
    public static IReadOnlyList<ParameterGroup> ForFineTuning(IModule model, string layers, double layerDecay)
    {
        string[] paths = [.. Members.Of(model).Parameters.Select(member => member.Path)];
        var numbers = Array.ConvertAll(paths, path => LayerOf(path, layers));
        var (first, last) = (Array.FindIndex(numbers, number => number is not null), numbers.Max());
        if (last is not { } top)
            throw new ArgumentException($"ParameterGroup.ForFineTuning: no parameter is in '{layers}.0'. Name the list of layers; the " +
                $"paths of the parameters are like '{Array.Find(paths, path => path.Any(char.IsAsciiDigit)) ?? paths.FirstOrDefault()}'.");
        int Depth(int i) => numbers[i] is { } layer ? top + 1 - layer : i < first ? top + 2 : 0;
        return ForFineTuning(model, path => Depth(Array.IndexOf(paths, path)), layerDecay);
    }

    /// <summary>The same with depths of your own.</summary>
    /// <param name="model">What to train.</param>
    /// <param name="depth">How many layers are above a parameter, by its path: 0 at the top.</param>
    /// <param name="layerDecay">By what the rate is multiplied from one layer to the one below, above 0 and at most 1.</param>
    public static IReadOnlyList<ParameterGroup> ForFineTuning(IModule model, Func<string, int> depth, double layerDecay)
    {
        ArgumentNullException.ThrowIfNull(depth);
        if (layerDecay is not (> 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(layerDecay), layerDecay, "0 < layerDecay ≤ 1 is needed.");
        var groups = Members.Of(model).Parameters.GroupBy(member => (Depth: depth(member.Path), Decays: member.Parameter.Shape.Rank > 1));
        return [.. groups.Select(group => Placed([.. group], Math.Pow(layerDecay, group.Key.Depth), group.Key.Decays ? null : 0))];
    }

    private static ParameterGroup Placed((string Path, Parameter Parameter)[] members, double factor, double? weightDecay)
    {
        foreach (var (path, parameter) in members) parameter.Place(path);
        return new(members) { LearningRateFactor = factor, WeightDecay = weightDecay };
    }

    /// <summary>3 of encoder.layers.3.norm.weight; null if the path is not in the list.</summary>
    private static int? LayerOf(string path, string layers)
    {
        if (!path.StartsWith(layers + ".", StringComparison.Ordinal)) return null;
        var number = path.AsSpan(layers.Length + 1);
        var end = number.IndexOf('.');
        if (end >= 0) number = number[..end];
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var layer) ? layer : null;
    }
}
