using Nabla.Layers;

namespace Nabla.Models;

/// <summary>
/// The multilayer perceptron (Rumelhart, Hinton, Williams 1986): Wₙ · σ(… σ(W₁ · x + b₁) …) + bₙ.  x: [.., inputs] → [.., outputs]
/// </summary>
/// <param name="inputs">The length of x's last axis.</param>
/// <param name="hidden">The widths between.</param>
/// <param name="outputs">Classes or regressed numbers: logits, without a last σ.</param>
/// <param name="activation">σ; by default max(x, 0).</param>
public sealed partial class Mlp(int inputs, IReadOnlyList<int> hidden, int outputs, Func<Tensor, Tensor>? activation = null) : ILayer
{
    private readonly Func<Tensor, Tensor> activation = activation ?? (x => x.Relu());

    /// <summary>W₁ … Wₙ</summary>
    public IReadOnlyList<Linear> Layers { get; } = [.. hidden.Append(outputs).Select((width, i) => new Linear(i == 0 ? inputs : hidden[i - 1], width))];

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        for (var i = 0; i < Layers.Count - 1; i++) x = activation(Layers[i].Forward(x));   // [.., hidden[i]]
        return Layers[^1].Forward(x);
    }
}
