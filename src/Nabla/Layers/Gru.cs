using Nabla.Ops;

namespace Nabla.Layers;

/// <summary>
/// Cho et al. 2014 as cuDNN and PyTorch compute it: h′ = (1 − z)·n + z·h with r, z = σ(W x + b + U h + c) and n = tanh(W x + b + r·(U h + c)); in the weights they stand in the order r, z, n.
/// x: [batch, time, inputs] → [batch, time, hidden].
/// </summary>
/// <param name="inputs">The length of x's last axis.</param>
/// <param name="hidden">Units of a layer.</param>
/// <param name="layers">Layers, each on the outputs of the one before.</param>
/// <param name="bidirectional">Whether another network reads the sequences from the end; the outputs of both stand side by side.</param>
/// <param name="dropout">The share of outputs dropped between layers in training.</param>
public sealed class Gru(int inputs, int hidden, int layers = 1, bool bidirectional = false, double dropout = 0)
    : Recurrent(inputs, hidden, layers, bidirectional, dropout, GruCell.Gates, hasCell: false)
{
    private protected override Tensor Run(int[] steps, Tensor[] inputs) => new Recurrence<GruCell>(default, steps).Apply(inputs);
}
