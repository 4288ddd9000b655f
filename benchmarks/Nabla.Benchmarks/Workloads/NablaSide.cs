namespace Nabla.Benchmarks.Workloads;

/// <summary>Nabla as anybody would write it.</summary>
internal static class NablaSide
{
    /// <summary>Forward only.</summary>
    public static Side Forward(Func<Tensor> work) => new(() => work(), () => [work().ToArray<float>()]);

    /// <summary>Forward, and backward from <paramref name="upstream"/> to the sources.</summary>
    public static Side Gradient(Func<Tensor> forward, Tensor upstream, params Tensor[] sources) => new(
        () => Gradients.Pullback(forward, upstream, sources),
        () =>
        {
            var (y, gradients) = Gradients.Pullback(forward, upstream, sources);
            return [y.ToArray<float>(), .. sources.Select(source => gradients[source].ToArray<float>())];
        });

    /// <summary>A parameter that begins with these values.</summary>
    public static Parameter Trained(float[] values, Shape shape) => new(shape, (_, _) => Tensor.From(values, shape));
}
