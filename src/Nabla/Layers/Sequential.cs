using System.Collections;
using System.Runtime.CompilerServices;

namespace Nabla.Layers;

/// <summary>
/// One layer after another: <c>new Sequential(new Linear(784, 256), new ReLU(), new Linear(256, 10))</c> or <c>Sequential model = [new Linear(784, 256),
/// …]</c>. Their parameters are named by their place: <c>0.weight</c>, <c>2.weight</c>.
/// </summary>
/// <param name="layers">In order.</param>
[CollectionBuilder(typeof(Sequential), nameof(Create))]
#pragma warning disable CA1710 // The field's name.
public sealed class Sequential(params IEnumerable<ILayer> layers) : ILayer, IReadOnlyList<ILayer>
#pragma warning restore CA1710
{
    private readonly ILayer[] layers = [.. layers];

    /// <summary>For collection expressions.</summary>
    public static Sequential Create(ReadOnlySpan<ILayer> layers) => new(layers.ToArray());

    /// <summary>The layer at a place.</summary>
    public ILayer this[int index] => layers[index];

    /// <summary>How many layers.</summary>
    public int Count => layers.Length;

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        foreach (var layer in layers) x = layer.Forward(x);
        return x;
    }

    /// <inheritdoc/>
    public void Describe(Members members)
    {
        ArgumentNullException.ThrowIfNull(members);
        for (var i = 0; i < layers.Length; i++) members.Add($"{i}", (IModule)layers[i]);
    }

    /// <summary>The layers in order.</summary>
    public IEnumerator<ILayer> GetEnumerator() => layers.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
