using Nabla.Ops;

namespace Nabla.Layers;

/// <summary>h′ = tanh(W x + b + U h + c), or max(·, 0) of it (Elman 1990).  x: [batch, time, inputs] → [batch, time, hidden].</summary>
/// <param name="inputs">The length of x's last axis.</param>
/// <param name="hidden">Units of a layer.</param>
/// <param name="layers">Layers, each on the outputs of the one before.</param>
/// <param name="bidirectional">Whether another network reads the sequences from the end; the outputs of both stand side by side.</param>
/// <param name="dropout">The share of outputs dropped between layers in training.</param>
/// <param name="relu">Whether max(·, 0) takes the place of tanh.</param>
public sealed class Rnn(int inputs, int hidden, int layers = 1, bool bidirectional = false, double dropout = 0, bool relu = false)
    : Recurrent(inputs, hidden, layers, bidirectional, dropout, TanhCell.Gates, TanhCell.AddsProjections, hasCell: false)
{
    private protected override Tensor Run(int[] steps, Tensor[] inputs) =>
        relu ? new Recurrence<ReluCell>(default, steps).Apply(inputs) : new Recurrence<TanhCell>(default, steps).Apply(inputs);
}
