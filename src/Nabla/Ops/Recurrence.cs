using Nabla.Backends;

namespace Nabla.Ops;

/// <summary>
/// A recurrent network over sequences sorted by length, longest first, step by step: the rows of step t are those of the first Steps[t] sequences. Inputs: the projected input
/// [rows, gates · hidden], the recurrent weight [gates · hidden, hidden] and bias [gates · hidden], the first hidden state [sequences, hidden] and, in an LSTM, the first cell [sequences, hidden]
/// → the states after each step, [states, rows, hidden].
/// </summary>
/// <param name="Cell">One step.</param>
/// <param name="Steps">How many sequences take each step: never more than the step before.</param>
internal sealed partial record Recurrence<TCell>(TCell Cell, int[] Steps) : Op where TCell : struct, IRecurrentCell
{
    public override string Name => typeof(TCell).Name.Replace("Cell", "", StringComparison.Ordinal);

    public override Shape Infer(ReadOnlySpan<Tensor> inputs)
    {
        DemandOneType(inputs);
        var (sequences, units, rows) = (Steps.Length == 0 ? 0 : Steps[0], inputs[1].Shape[^1], Steps.Sum());
        Demand("weight", inputs[1], [TCell.Gates * units, units]);
        Demand("projected input", inputs[0], [rows, TCell.Gates * units]);
        Demand("bias", inputs[2], [TCell.Gates * units]);
        foreach (var state in inputs[3..]) Demand("first state", state, [sequences, units]);
        return [TCell.States, rows, units];
    }

    private void Demand(string what, Tensor tensor, Shape needed)
    {
        if (tensor.Shape != needed) throw new ArgumentException($"{Name}: {what} {tensor.Shape}: {needed} is needed.");
    }

    public override Tensor Compose(ReadOnlySpan<Tensor> inputs)
    {
        var (x, weight, bias, hidden) = (inputs[0], inputs[1], inputs[2], inputs[3]);
        var cell = TCell.States > 1 ? inputs[4] : hidden;
        var (hiddens, cells, row) = (new List<Tensor>(), new List<Tensor>(), 0);
        foreach (var count in Steps)
        {
            var gates = Activate(x[row..(row + count)].Chunk(1, TCell.Gates), hidden[..count].Linear(weight, bias).Chunk(1, TCell.Gates));
            var after = Cell.Next(gates, new(new TensorLane(hidden[..count]), new TensorLane(cell[..count])));
            hiddens.Add(hidden = after.Hidden.ToTensor(hidden));
            if (TCell.States > 1) cells.Add(cell = after.Cell.ToTensor(cell));
            row += count;
        }
        if (hiddens.Count == 0) return Tensor.Zeros([TCell.States, 0, hidden.Shape[^1]], x.DType);
        var states = Tensor.Concat(0, [.. hiddens, .. cells]);
        return states.Reshape([TCell.States, row, hidden.Shape[^1]]);
    }

    private Gates<TensorLane> Activate(Tensor[] input, Tensor[] recurrent)
    {
        var gates = new TensorLane[4];
        for (var gate = 0; gate < TCell.Gates; gate++) gates[gate] = Cell.Activate(gate, new TensorLane(input[gate]), new TensorLane(recurrent[gate]), gates[0]);
        return new(gates[0], gates[1], gates[2], gates[3]);
    }
}
