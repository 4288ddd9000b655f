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
    private readonly int directions;
    private readonly double dropout;

    private protected Recurrent(int inputs, int hidden, int layers, bool bidirectional, double dropout, int gates, bool addsProjections, bool hasCell)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hidden, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        (Inputs, Hidden, this.dropout, directions, HasCell) = (inputs, hidden, Shares.Demand(dropout, GetType().Name), bidirectional ? 2 : 1, hasCell);
        parts = [.. from layer in Enumerable.Range(0, layers)
                    from direction in Enumerable.Range(0, directions)
                    select new Direction(layer == 0 ? inputs : hidden * directions, hidden, gates, addsProjections, $"l{layer}{(direction == 1 ? "_reverse" : "")}")];
    }

    /// <summary>The length of x's last axis.</summary>
    public int Inputs { get; }

    /// <summary>Units of one direction of a layer.</summary>
    public int Hidden { get; }

    /// <summary>How many layers lie on each other.</summary>
    public int Layers => parts.Length / directions;

    /// <summary>Whether another network reads the sequences from the end, and the outputs are twice as wide.</summary>
    public bool IsBidirectional => directions == 2;

    /// <summary>Whether the state has a cell.</summary>
    private protected bool HasCell { get; }

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
        DemandPadded(x, GetType().Name);
        var (output, last) = Forward(Ragged.FromPadded(x), state);
        return (output.ToPadded(), last);
    }

    /// <summary>All hidden states of sequences of any lengths, and the last of each. Nothing is computed for padding.</summary>
    /// <param name="x">Values [elements, inputs]</param>
    /// <param name="state">From which the sequences go on; null: zeros.</param>
    /// <returns>Output values [elements, directions · hidden].</returns>
    public (Ragged Output, RecurrentState State) Forward(Ragged x, RecurrentState? state = null) => Forward(x, null, state, watched: null);

    /// <summary>
    /// The same over symbols, for which a table has vectors: <c>Forward(symbols.Map(table.Forward), state)</c>. Where a batch has more symbols than the table has rows, as with characters, the first
    /// layer projects each row once instead of each symbol: W (E x) = (W E) x.
    /// </summary>
    /// <param name="symbols">Values Int64 [elements], 0 ≤ symbol &lt; rows of the table.</param>
    /// <param name="table">Its rows are as wide as the inputs.</param>
    /// <param name="state">From which the sequences go on; null: zeros.</param>
    /// <param name="dropout">The share dropped of the symbols' vectors in training.</param>
    /// <returns>Output values [elements, directions · hidden].</returns>
    public (Ragged Output, RecurrentState State) Forward(Ragged symbols, Embedding table, RecurrentState? state = null, double dropout = 0)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        ArgumentNullException.ThrowIfNull(table);
        var fewRows = table.Weight.Value.Shape[0] < symbols.Values.Length && table.PaddingIndex is null;
        return fewRows && !(dropout > 0 && Mode.IsTraining) ? Forward(symbols, table.Weight, state, watched: null)
            : Forward(symbols.Map(ids => Dropout.InTraining(table.Forward(ids), dropout)), state);
    }

    /// <summary>What each direction of each layer went through.</summary>
    /// <param name="x">Values [elements, inputs]</param>
    /// <param name="state">From which the sequences go on; null: zeros.</param>
    /// <param name="seen">Makes it of a course.</param>
    private protected IReadOnlyList<T> Watch<T>(Ragged x, RecurrentState? state, Func<Course, T> seen)
    {
        var watched = new List<Course>();
        Forward(x, null, state, watched);
        return [.. watched.Select(seen)];
    }

    /// <summary>The batch of sequences of one length, [batch, time, inputs].</summary>
    private protected Ragged Traced(Tensor x)
    {
        DemandPadded(x, $"{GetType().Name}.Trace");
        return Ragged.FromPadded(x);
    }

    private void DemandPadded(Tensor x, string who)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != 3 || x.Shape[2] != Inputs) throw new ArgumentException($"{who}: x {x.Shape}: [batch, time, inputs] is needed, here [.., .., {Inputs}].");
    }

    /// <param name="x">Vectors, or with a table the numbers of its rows.</param>
    /// <param name="table">[rows, inputs], or none.</param>
    /// <param name="state">From which the sequences go on; null: zeros.</param>
    /// <param name="watched">Takes what each direction of each layer went through.</param>
    private (Ragged Output, RecurrentState State) Forward(Ragged x, Tensor? table, RecurrentState? state, List<Course>? watched)
    {
        ArgumentNullException.ThrowIfNull(x);
        Demand(x, table, state);
        Schedule[] schedules = [.. Enumerable.Range(0, directions).Select(direction => new Schedule(x, reverse: direction == 1))];
        var zeros = state is null ? Tensor.Zeros([x.Count, Hidden], (table ?? x.Values).DType) : null;
        // Between the layers the elements stand in the order of the forward direction's steps.
        var (values, hiddens, cells) = (schedules[0].ToSteps(x.Values), new List<Tensor>(), new List<Tensor>());
        for (var layer = 0; layer < Layers; layer++)
        {
            if (layer > 0) values = Dropout.InTraining(values, dropout);
            var outputs = new Tensor[directions];
            for (var d = 0; d < directions; d++)
            {
                var (part, order) = ((layer * directions) + d, schedules[d]);
                var (parameters, read) = (parts[part], order.Turn(values, schedules[0]));
                var projected = layer == 0 && table is not null ? read.Embedding(parameters.Project(table)) : parameters.Project(read);
                Tensor[] start = [order.Sorted(zeros ?? state!.Hidden[part]), .. HasCell ? [order.Sorted(zeros ?? state!.Cell![part])] : Array.Empty<Tensor>()];
                var states = Run(order.Steps, [projected, parameters.RecurrentWeight, parameters.StepBias, .. start]);
                outputs[d] = schedules[0].Turn(states[0], order);
                hiddens.Add(order.Last(states[0]));
                if (HasCell) cells.Add(order.Last(states[1]));
                watched?.Add(new(parameters, order, projected, start[0], states));
                // Nobody else knows it. The next one finds its memory in the cache.
                if (Recorder.Current is null && watched is null) projected.Storage.Release();
            }
            values = Tensor.Concat(1, outputs);
        }
        return (x.With(schedules[0].FromSteps(values)), new(Tensor.Stack(0, [.. hiddens]), HasCell ? Tensor.Stack(0, [.. cells]) : null));
    }

    private void Demand(Ragged x, Tensor? table, RecurrentState? state)
    {
        var name = GetType().Name;
        if (table is null && (x.Values.Rank != 2 || x.Values.Shape[1] != Inputs)) throw new ArgumentException($"{name}: x {x.Values.Shape}: [elements, {Inputs}] is needed.");
        if (table is not null && x.Values.Rank != 1) throw new ArgumentException($"{name}: symbols {x.Values.Shape}: [elements] is needed.");
        if (table is not null && table.Shape[1] != Inputs) throw new ArgumentException($"{name}: a table {table.Shape}: [rows, {Inputs}] is needed.");
        Shape first = [parts.Length, x.Count, Hidden];
        if (state is not null && (state.Hidden.Shape != first || (HasCell && state.Cell?.Shape != first)))
            throw new ArgumentException($"{name}: the state is {state.Hidden.Shape}{(HasCell ? $" and {state.Cell?.Shape.ToString() ?? "no cell"}" : "")}: {first} is needed, [layers · directions, batch, hidden].");
    }

    /// <summary>One direction of one layer: the op of its cell.</summary>
    private protected abstract Tensor Run(int[] steps, Tensor[] inputs);

    /// <summary>What one direction of one layer went through: its rows stand in the order of <paramref name="Order"/>.</summary>
    /// <param name="Parameters">Its own.</param>
    /// <param name="Order">Of its rows.</param>
    /// <param name="Projected">The projected input: [rows, gates · hidden].</param>
    /// <param name="First">The hidden state that it began with: [batch, hidden].</param>
    /// <param name="States">After each step: [states, rows, hidden].</param>
    private protected sealed record Course(Direction Parameters, Schedule Order, Tensor Projected, Tensor First, Tensor States)
    {
        /// <summary>The projected hidden state before each step: [rows, gates · hidden].</summary>
        public Tensor Recurrent => Order.Before(First, States[0]).Linear(Parameters.RecurrentWeight, Parameters.StepBias);

        /// <summary>Rows of the order of the steps in that of the sequences: [elements, hidden].</summary>
        public Tensor OverTime(Tensor rows) => Order.FromSteps(rows);
    }

    /// <summary>The parameters of one direction of one layer.</summary>
    private protected sealed class Direction(int inputs, int hidden, int gates, bool addsProjections, string suffix)
    {
        private readonly Parameter weight = new([gates * hidden, inputs], Initialize.Uniform(fanIn: hidden)), bias = new([gates * hidden], Initialize.Uniform(fanIn: hidden));
        private readonly Parameter recurrentBias = new([gates * hidden], Initialize.Uniform(fanIn: hidden));

        public Parameter RecurrentWeight { get; } = new([gates * hidden, hidden], Initialize.Uniform(fanIn: hidden));

        /// <summary>The bias of a step's projection: both, where they only ever meet as a sum, so that their gradient is computed once.</summary>
        public Tensor StepBias => addsProjections ? (Tensor)bias + recurrentBias : recurrentBias;

        public Tensor Project(Tensor x) => addsProjections ? x.Linear(weight) : x.Linear(weight, bias);

        public void Describe(Members members)
        {
            members.Add($"weight_ih_{suffix}", weight);
            members.Add($"weight_hh_{suffix}", RecurrentWeight);
            members.Add($"bias_ih_{suffix}", bias);
            members.Add($"bias_hh_{suffix}", recurrentBias);
        }
    }

    /// <summary>In which order the elements of sequences are computed: step by step, in each step the longest sequences first.</summary>
    private protected sealed class Schedule
    {
        private readonly long[] order, places, rows, lasts;
        private readonly bool inOrder = true, isSorted = true;

        public Schedule(Ragged x, bool reverse)
        {
            order = new long[x.Count];
            for (var i = 0; i < order.Length; i++)
            {
                order[i] = i;
                isSorted &= i == 0 || x.Length(i) <= x.Length(i - 1);
            }
            if (!isSorted) order = [.. order.OrderByDescending(i => x.Length((int)i))];
            Steps = new int[order.Length == 0 ? 0 : x.Length((int)order[0])];
            (places, rows, lasts) = (new long[x.Values.Shape[0]], new long[x.Values.Shape[0]], new long[x.Count]);
            var (row, count) = (0, order.Length);
            for (var t = 0; t < Steps.Length; t++)
            {
                while (x.Length((int)order[count - 1]) <= t) count--;
                Steps[t] = count;
                for (var k = 0; k < count; k++, row++)
                {
                    var sequence = (int)order[k];
                    var place = reverse ? x.Offsets[sequence + 1] - 1 - t : x.Offsets[sequence] + t;
                    (places[row], rows[place], lasts[sequence]) = (place, row, row);
                    inOrder &= place == row;
                }
            }
        }

        /// <summary>Sequences of each step.</summary>
        public int[] Steps { get; }

        public Tensor Sorted(Tensor states) => isSorted ? states : states.IndexSelect(0, Tensor.From(order));

        public Tensor ToSteps(Tensor values) => inOrder ? values : values.IndexSelect(0, Tensor.From(places));

        public Tensor FromSteps(Tensor values) => inOrder ? values : values.IndexSelect(0, Tensor.From(rows));

        /// <summary>The state before each step: that of the sequence's step before, or its first.</summary>
        /// <param name="first">[batch, hidden], sorted</param>
        /// <param name="states">[rows, hidden]</param>
        public Tensor Before(Tensor first, Tensor states)
        {
            var (before, row, last) = (new long[states.Shape[0]], 0, 0);
            // The first states stand before those of the steps; in each step the sequences that go on come first.
            for (var t = 0; t < Steps.Length; t++)
            {
                for (var k = 0; k < Steps[t]; k++) before[row++] = last + k;
                last += Steps[Math.Max(0, t - 1)];
            }
            return Tensor.Concat(0, first, states).IndexSelect(0, Tensor.From(before));
        }

        /// <summary>Rows of another order of the same sequences in this one.</summary>
        public Tensor Turn(Tensor values, Schedule from) => from == this ? values : values.IndexSelect(0, Tensor.From([.. places.Select(place => from.rows[place])]));

        /// <summary>The last state of each sequence.</summary>
        public Tensor Last(Tensor values) => values.IndexSelect(0, Tensor.From(lasts));
    }
}
