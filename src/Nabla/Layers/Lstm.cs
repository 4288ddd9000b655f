using Nabla.Ops;

namespace Nabla.Layers;

/// <summary>
/// Hochreiter and Schmidhuber 1997: c′ = f·c + i·g, h′ = o·tanh c′ with the gates i, f, o = σ(W x + b + U h + d) and g = tanh of it; in the weights they stand in the order i, f, g, o.
/// x: [batch, time, inputs] → [batch, time, hidden].
/// </summary>
/// <param name="inputs">The length of x's last axis.</param>
/// <param name="hidden">Units of a layer.</param>
/// <param name="layers">Layers, each on the outputs of the one before.</param>
/// <param name="bidirectional">Whether another network reads the sequences from the end; the outputs of both stand side by side.</param>
/// <param name="dropout">The share of outputs dropped between layers in training.</param>
public sealed class Lstm(int inputs, int hidden, int layers = 1, bool bidirectional = false, double dropout = 0)
    : Recurrent(inputs, hidden, layers, bidirectional, dropout, LstmCell.Gates, hasCell: true)
{
    private protected override Tensor Run(int[] steps, Tensor[] inputs) => new Recurrence<LstmCell>(default, steps).Apply(inputs);
}
