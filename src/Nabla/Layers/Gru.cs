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
    : Recurrent(inputs, hidden, layers, bidirectional, dropout, GruCell.Gates, GruCell.AddsProjections, hasCell: false)
{
    private protected override Tensor Run(int[] steps, Tensor[] inputs) => new Recurrence<GruCell>(default, steps).Apply(inputs);

    /// <summary>What the gates did at each step: one entry for each layer, or with two directions for each direction of each layer, as in <see cref="RecurrentState"/>.</summary>
    /// <param name="x">[batch, time, inputs]</param>
    /// <param name="state">From which the sequences go on; null: zeros.</param>
    /// <exception cref="ArgumentException">x is not [batch, time, inputs], or the state is of another batch or network.</exception>
    public IReadOnlyList<GruTrace> Trace(Tensor x, RecurrentState? state = null) => [.. Trace(Traced(x), state).Select(trace => trace.Apart(x.Shape[0], x.Shape[1]))];

    /// <summary>What the gates did at each step of sequences of any lengths, each [elements, hidden] in the order of x.</summary>
    /// <param name="x">Values [elements, inputs]</param>
    /// <param name="state">From which the sequences go on; null: zeros.</param>
    /// <exception cref="ArgumentException">x is not [elements, inputs], or the state is of another batch or network.</exception>
    public IReadOnlyList<GruTrace> Trace(Ragged x, RecurrentState? state = null) => Watch(x, state, course =>
    {
        var (input, recurrent) = (course.Projected.Chunk(1, GruCell.Gates), course.Recurrent.Chunk(1, GruCell.Gates));   // r, z, n
        var reset = (input[0] + recurrent[0]).Sigmoid();
        return new GruTrace(course.OverTime(reset), course.OverTime((input[1] + recurrent[1]).Sigmoid()), course.OverTime((input[2] + (reset * recurrent[2])).Tanh()), course.OverTime(course.States[0]));
    });
}

/// <summary>The inside of one layer of a <see cref="Gru"/> over time, each [batch, time, hidden], or of a ragged batch [elements, hidden].</summary>
/// <param name="Reset">r: the share of the recurrent projection that enters the candidate, 0 … 1.</param>
/// <param name="Update">z: the share of the state that stays, 0 … 1.</param>
/// <param name="Candidate">n: what takes the place of the rest, −1 … 1.</param>
/// <param name="Hidden">h after the step, −1 … 1.</param>
public sealed record GruTrace(Tensor Reset, Tensor Update, Tensor Candidate, Tensor Hidden)
{
    internal GruTrace Apart(int batch, int time)
    {
        Tensor Of(Tensor x) => x.Reshape(batch, time, x.Shape[1]);
        return new(Of(Reset), Of(Update), Of(Candidate), Of(Hidden));
    }
}
