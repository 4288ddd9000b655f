using Nabla.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

/// <summary>Where the values of a BERT's parameters come from; the same for every side.</summary>
/// <param name="Of">From the path of a parameter in Nabla's model and its shape to its values.</param>
internal sealed record BertWeights(Func<string, int[], float[]> Of)
{
    /// <summary>
    /// Drawn by the path alone: a weight of several axes uniformly from ±1/√columns, that of a normalisation from 1 ± 0.1, a bias from
    /// ±0.1.
    /// </summary>
    public static BertWeights Drawn { get; } = new((path, shape) =>
    {
        var seed = path.Aggregate(17, (hash, letter) => unchecked((hash * 31) + letter));
        var length = shape.Aggregate(1, (product, axis) => product * axis);
        if (shape.Length > 1)
            return Values.Uniform(seed, length, 1 / Math.Sqrt(shape[^1]));
        var offset = path.EndsWith("norm.weight", StringComparison.Ordinal) ? 1 : 0;
        return Array.ConvertAll(Values.Uniform(seed, length, 0.1), value => value + offset);
    });

    /// <summary>Sets the parameters of Nabla's model.</summary>
    public M Into<M>(M model) where M : IModule
    {
        foreach (var (path, parameter) in model.Parameters())
            parameter.Set(Tensor.From(Of(path, parameter.Shape.ToArray()), parameter.Shape));
        return model;
    }

    /// <summary>Sets the parameters of TorchSharp's model, which have the same paths.</summary>
    /// <param name="model">The model.</param>
    /// <param name="type">In which it computes.</param>
    public M Into<M>(M model, ScalarType type) where M : nn.Module
    {
        model.to(type);
        using var quiet = no_grad();
        foreach (var (path, parameter) in model.named_parameters())
        {
            using var values = TorchSide.From(Of(path, [.. parameter.shape.Select(length => (int)length)]), parameter.shape);
            parameter.copy_(values);
        }
        return model;
    }
}
