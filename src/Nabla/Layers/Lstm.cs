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
    : Recurrent(inputs, hidden, layers, bidirectional, dropout, LstmCell.Gates, LstmCell.AddsProjections, hasCell: true)
{
    private protected override Tensor Run(int[] steps, Tensor[] inputs) => new Recurrence<LstmCell>(default, steps).Apply(inputs);

    /// <summary>What the gates did at each step: one entry for each layer, or with two directions for each direction of each layer, as in <see cref="RecurrentState"/>.</summary>
    /// <param name="x">[batch, time, inputs]</param>
    /// <param name="state">From which the sequences go on; null: zeros.</param>
    /// <exception cref="ArgumentException">x is not [batch, time, inputs], or the state is of another batch or network.</exception>
    public IReadOnlyList<LstmTrace> Trace(Tensor x, RecurrentState? state = null) => [.. Trace(Traced(x), state).Select(trace => trace.Apart(x.Shape[0], x.Shape[1]))];

    /// <summary>What the gates did at each step of sequences of any lengths, each [elements, hidden] in the order of x.</summary>
    /// <param name="x">Values [elements, inputs]</param>
    /// <param name="state">From which the sequences go on; null: zeros.</param>
    /// <exception cref="ArgumentException">x is not [elements, inputs], or the state is of another batch or network.</exception>
    public IReadOnlyList<LstmTrace> Trace(Ragged x, RecurrentState? state = null) => Watch(x, state, course =>
    {
        var gates = (course.Projected + course.Recurrent).Chunk(1, LstmCell.Gates);   // i, f, g, o
        return new LstmTrace(course.OverTime(gates[0].Sigmoid()), course.OverTime(gates[1].Sigmoid()), course.OverTime(gates[2].Tanh()), course.OverTime(gates[3].Sigmoid()), course.OverTime(course.States[1]), course.OverTime(course.States[0]));
    });
}

/// <summary>The inside of one layer of an <see cref="Lstm"/> over time, each [batch, time, hidden], or of a ragged batch [elements, hidden].</summary>
/// <param name="Input">i: the share of the candidate that enters the cell, 0 … 1.</param>
/// <param name="Forget">f: the share of the cell that stays, 0 … 1.</param>
/// <param name="Candidate">g: what may enter, −1 … 1.</param>
/// <param name="Output">o: the share of tanh c that is shown, 0 … 1.</param>
/// <param name="Cell">c after the step.</param>
/// <param name="Hidden">h after the step, −1 … 1.</param>
public sealed record LstmTrace(Tensor Input, Tensor Forget, Tensor Candidate, Tensor Output, Tensor Cell, Tensor Hidden)
{
    internal LstmTrace Apart(int batch, int time)
    {
        Tensor Of(Tensor x) => x.Reshape(batch, time, x.Shape[1]);
        return new(Of(Input), Of(Forget), Of(Candidate), Of(Output), Of(Cell), Of(Hidden));
    }
}
