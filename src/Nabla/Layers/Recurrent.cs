using Nabla.Backends;
using Nabla.Initializers;
using Nabla.Ops;

namespace Nabla.Layers;

/// <summary>
/// What a recurrent network carries from one stretch of its sequences to the next. Given to the next closure of gradients it is a number like any other, without its history: that is
/// back-propagation truncated in time (Williams and Peng 1990).
/// </summary>
/// <param name="Hidden">[layers · directions, batch, hidden]; of each layer first the forward direction.</param>
/// <param name="Cell">The same of an LSTM's cells; null for the others.</param>
public sealed record RecurrentState(Tensor Hidden, Tensor? Cell = null);

/// <summary>
/// A recurrent network of one or several layers over sequences: <see cref="Rnn"/>, <see cref="Lstm"/>, <see cref="Gru"/>. Its parameters have PyTorch's names and shapes:
/// <c>weight_ih_l0</c> [gates · hidden, inputs], <c>weight_hh_l0</c> [gates · hidden, hidden], <c>bias_ih_l0</c>, <c>bias_hh_l0</c>, with <c>_reverse</c> for the backward direction. First values
/// evenly over ±1/√hidden.
/// </summary>
public abstract class Recurrent : IModule
{
    private readonly Direction[] parts;
    private readonly int inputs, hidden, directions;
    private readonly double dropout;

    private protected Recurrent(int inputs, int hidden, int layers, bool bidirectional, double dropout, int gates, bool hasCell)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hidden, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        (this.inputs, this.hidden, this.dropout, directions, HasCell) = (inputs, hidden, dropout, bidirectional ? 2 : 1, hasCell);
        parts = [.. from layer in Enumerable.Range(0, layers)
                    from direction in Enumerable.Range(0, directions)
                    select new Direction(layer == 0 ? inputs : hidden * directions, hidden, gates, $"l{layer}{(direction == 1 ? "_reverse" : "")}")];
    }

    /// <summary>Whether the state has a cell.</summary>
    private protected bool HasCell { get; }

    private int Layers => parts.Length / directions;

    /// <summary>Names the parameters as PyTorch does.</summary>
    public void Describe(Members members)
    {
        ArgumentNullException.ThrowIfNull(members);
        foreach (var part in parts) part.Describe(members);
    }

    /// <summary>All hidden states of sequences of one length, and the last.</summary>
    /// <param name="x">[batch, time, inputs]</param>
    /// <param name="state">From which the sequences go on; null: zeros.</param>
    /// <returns>Output [batch, time, directions · hidden].</returns>
    public (Tensor Output, RecurrentState State) Forward(Tensor x, RecurrentState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != 3) throw new ArgumentException($"{GetType().Name}: x {x.Shape}: [batch, time, inputs] is needed.");
        var (output, last) = Forward(Ragged.FromPadded(x), state);
        return (output.ToPadded(), last);
    }

    /// <summary>All hidden states of sequences of any lengths, and the last of each. Nothing is computed for padding.</summary>
    /// <param name="x">Values [elements, inputs]</param>
    /// <param name="state">From which the sequences go on; null: zeros.</param>
    /// <returns>Output values [elements, directions · hidden].</returns>
    public (Ragged Output, RecurrentState State) Forward(Ragged x, RecurrentState? state = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        var name = GetType().Name;
        if (x.Values.Rank != 2 || x.Values.Shape[1] != inputs) throw new ArgumentException($"{name}: x {x.Values.Shape}: [elements, {inputs}] is needed.");
        Shape first = [parts.Length, x.Count, hidden];
        if (state is not null && (state.Hidden.Shape != first || (HasCell && state.Cell?.Shape != first)))
            throw new ArgumentException($"{name}: the state is {state.Hidden.Shape}{(HasCell ? $" and {state.Cell?.Shape.ToString() ?? "no cell"}" : "")}: {first} is needed, [layers · directions, batch, hidden].");
        var schedules = Enumerable.Range(0, directions).Select(direction => new Schedule(x, reverse: direction == 1)).ToArray();
        var (values, hiddens, cells) = (x.Values, new List<Tensor>(), new List<Tensor>());
        for (var layer = 0; layer < Layers; layer++)
        {
            if (layer > 0 && dropout > 0 && Mode.IsTraining) values = values.Dropout(dropout);
            var outputs = new Tensor[directions];
            for (var d = 0; d < directions; d++)
            {
                var part = (layer * directions) + d;
                var zeros = state is null ? Tensor.Zeros([x.Count, hidden], values.DType) : null;
                var order = schedules[d];
                Tensor[] start = [order.Sorted(zeros ?? state!.Hidden[part]), .. HasCell ? [order.Sorted(zeros ?? state!.Cell![part])] : Array.Empty<Tensor>()];
                var states = Run(order.Steps, [parts[part].Project(order.ToSteps(values)), parts[part].RecurrentWeight, parts[part].RecurrentBias, .. start]);
                outputs[d] = order.FromSteps(states[0]);
                hiddens.Add(order.Last(states[0]));
                if (HasCell) cells.Add(order.Last(states[1]));
            }
            values = Tensor.Concat(1, outputs);
        }
        return (x.With(values), new(Tensor.Stack(0, [.. hiddens]), HasCell ? Tensor.Stack(0, [.. cells]) : null));
    }

    /// <summary>One direction of one layer: the op of its cell.</summary>
    private protected abstract Tensor Run(int[] steps, Tensor[] inputs);

    /// <summary>The parameters of one direction of one layer.</summary>
    private sealed class Direction(int inputs, int hidden, int gates, string suffix)
    {
        private readonly Parameter weight = new([gates * hidden, inputs], Initialize.Uniform(fanIn: hidden)), bias = new([gates * hidden], Initialize.Uniform(fanIn: hidden));

        public Parameter RecurrentWeight { get; } = new([gates * hidden, hidden], Initialize.Uniform(fanIn: hidden));

        public Parameter RecurrentBias { get; } = new([gates * hidden], Initialize.Uniform(fanIn: hidden));

        public Tensor Project(Tensor x) => x.Linear(weight, bias);

        public void Describe(Members members)
        {
            members.Add($"weight_ih_{suffix}", weight);
            members.Add($"weight_hh_{suffix}", RecurrentWeight);
            members.Add($"bias_ih_{suffix}", bias);
            members.Add($"bias_hh_{suffix}", RecurrentBias);
        }
    }

    /// <summary>In which order the elements of sequences are computed: step by step, in each step the longest sequences first.</summary>
    private sealed class Schedule
    {
        private readonly long[] order, places, lasts;
        private readonly bool inOrder, isSorted;

        public Schedule(Ragged x, bool reverse)
        {
            order = [.. Enumerable.Range(0, x.Count).OrderByDescending(x.Length).Select(i => (long)i)];
            Steps = [.. Enumerable.Range(0, x.Count == 0 ? 0 : x.Length((int)order[0])).Select(t => order.Count(i => x.Length((int)i) > t))];
            (places, lasts) = (new long[x.Values.Shape[0]], new long[x.Count]);
            var row = 0;
            for (var t = 0; t < Steps.Length; t++)
            for (var k = 0; k < Steps[t]; k++, row++)
            {
                var sequence = (int)order[k];
                places[row] = reverse ? x.Offsets[sequence + 1] - 1 - t : x.Offsets[sequence] + t;
                lasts[sequence] = row;
            }
            isSorted = order.Select((sequence, k) => sequence == k).All(same => same);
            inOrder = places.Select((place, k) => place == k).All(same => same);
        }

        /// <summary>Sequences of each step.</summary>
        public int[] Steps { get; }

        public Tensor Sorted(Tensor states) => isSorted ? states : states.IndexSelect(0, Tensor.From(order));

        public Tensor ToSteps(Tensor values) => inOrder ? values : values.IndexSelect(0, Tensor.From(places));

        public Tensor FromSteps(Tensor rows)
        {
            if (inOrder) return rows;
            var back = new long[places.Length];
            for (var row = 0; row < back.Length; row++) back[places[row]] = row;
            return rows.IndexSelect(0, Tensor.From(back));
        }

        /// <summary>The last state of each sequence.</summary>
        public Tensor Last(Tensor rows) => rows.IndexSelect(0, Tensor.From(lasts));
    }
}
