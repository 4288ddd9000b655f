using Nabla.Layers;

namespace Nabla.Tests.Layers;

public class RecurrentTests
{
    static Tensor Random(ulong seed, params int[] dims) => Tensor.Normal(Shape.Create(dims), generator: new Generator(seed));

    public static TheoryData<string> References => [.. Reference.Cases("layers").Where(c => c.Op is "rnn" or "lstm" or "gru").Select(c => c.Name)];

    [Theory, MemberData(nameof(References))]
    public void Outputs_states_and_gradients_are_those_of_the_reference(string name)
    {
        var @case = Reference.Case("layers", name);
        var (x, h0, c0) = (@case["x"], @case["h0"], @case.Has("c0") ? @case["c0"] : null);
        var (layers, both) = ((int)@case.Number("layers"), @case.Flag("bidirectional"));
        var hidden = h0.Shape[^1];
        Recurrent network = @case.Op switch
        {
            "lstm" => new Lstm(x.Shape[^1], hidden, layers, both),
            "gru" => new Gru(x.Shape[^1], hidden, layers, both),
            _ => new Rnn(x.Shape[^1], hidden, layers, both, relu: @case.Attributes.GetProperty("activation").GetString() == "relu"),
        };
        var parameters = network.Parameters().ToDictionary(p => p.Path, p => p.Parameter);
        Assert.Equal(@case.Parameters, parameters.Keys);
        foreach (var (path, parameter) in parameters) parameter.Set(@case[$"param.{path}"]);
        Tensor[] inputs = c0 is null ? [x, h0] : [x, h0, c0];
        (Tensor Output, RecurrentState State)? result = null;
        var (_, gradients) = Gradients.Of(() =>
        {
            var (output, state) = network.Forward(x, new(h0, c0));
            result = (output, state);
            var loss = (output * @case["upstream.out"]).Sum() + (state.Hidden * @case["upstream.h_n"]).Sum();
            return c0 is null ? loss : loss + (state.Cell! * @case["upstream.c_n"]).Sum();
        }, [.. inputs, .. parameters.Values.Select(parameter => parameter.Value)]);
        Reference.AssertClose(@case["out"], result!.Value.Output, "out", 1e-5);
        Reference.AssertClose(@case["h_n"], result.Value.State.Hidden, "h_n", 1e-5);
        if (c0 is not null) Reference.AssertClose(@case["c_n"], result.Value.State.Cell!, "c_n", 1e-5);
        foreach (var (input, source) in @case.Inputs.Zip(inputs)) Reference.AssertClose(@case[$"grad.{input}"], gradients[source], input, 1e-5);
        foreach (var (path, parameter) in parameters) Reference.AssertClose(@case[$"grad.param.{path}"], gradients[parameter], path, 1e-5);
    }

    /// <summary>Widths of whole registers and of parts, batches in and out of order.</summary>
    [Theory]
    [InlineData(1, 5)]
    [InlineData(3, 16)]
    [InlineData(7, 33)]
    public void Ragged_sequences_are_those_computed_one_by_one(int batch, int hidden)
    {
        var lengths = Enumerable.Range(0, batch).Select(i => 1 + (i * 5 % 7)).ToArray();
        var x = new Ragged(Random(1, lengths.Sum(), 6), lengths);
        foreach (Recurrent network in new Recurrent[] { new Rnn(6, hidden), new Lstm(6, hidden, layers: 2, bidirectional: true), new Gru(6, hidden, bidirectional: true) })
        {
            var (output, state) = network.Forward(x);
            for (var i = 0; i < batch; i++)
            {
                var (alone, last) = network.Forward(x[i].Unsqueeze(0));
                Reference.AssertClose(alone[0], output[i], tolerance: 1e-6);
                Reference.AssertClose(last.Hidden[.., 0], state.Hidden[.., i], tolerance: 1e-6);
                if (last.Cell is not null) Reference.AssertClose(last.Cell[.., 0], state.Cell![.., i], tolerance: 1e-6);
            }
        }
    }

    [Fact]
    public void The_kernel_is_the_composition_in_double_precision()
    {
        var lengths = new[] { 3, 9, 9, 1 };
        var (x, target) = (Random(1, 22, 5), Random(2, 22, 40));
        foreach (Recurrent network in new Recurrent[] { new Rnn(5, 40, relu: true), new Lstm(5, 40), new Gru(5, 40) })
        {
            var parameters = network.Parameters().Select(p => p.Parameter.Value).ToArray();
            var (_, fused) = Gradients.Of(() => (network.Forward(new Ragged(x, lengths)).Output.Values * target).Sum(), parameters);
            var (_, second) = Gradients.Of(() =>
            {
                // Inside another closure the walk is noted, so it goes through the composition.
                var (_, inner) = Gradients.Of(() => (network.Forward(new Ragged(x, lengths)).Output.Values * target).Sum(), parameters);
                foreach (var p in parameters) Reference.AssertClose(inner[p], fused[p], tolerance: 1e-5);
                return inner[parameters[1]].Square().Sum();
            }, parameters);
            Assert.All(parameters, p => Assert.All(second[p].ToArray<float>(), g => Assert.True(float.IsFinite(g))));
        }
    }

    /// <summary>A table of few rows is projected before its rows are looked up, one of many after it.</summary>
    [Theory]
    [InlineData(3, null)]
    [InlineData(3, 1)]
    [InlineData(30, null)]
    public void Symbols_of_a_table_give_what_their_vectors_give(int rows, int? padding)
    {
        var symbols = new Ragged(Tensor.From(2L, 0, 1, 1, 2, 0, 2, 2, 1, 0), 4, 1, 5);
        foreach (Recurrent network in new Recurrent[] { new Rnn(6, 9, layers: 2), new Lstm(6, 9, bidirectional: true), new Gru(6, 9, layers: 2, bidirectional: true) })
        {
            var table = new Embedding(rows, 6, padding);
            table.Initialize(1).To(DType.Float64);
            network.Initialize(2).To(DType.Float64);
            Tensor[] parameters = [table.Weight, .. network.Parameters().Select(p => p.Parameter.Value)];
            var upstream = Random(3, 10, network.IsBidirectional ? 18 : 9).To(DType.Float64);
            Tensor Weighted((Ragged Output, RecurrentState State) result) => (result.Output.Values * upstream).Sum() + result.State.Hidden.Square().Sum();
            var (ofVectors, wanted) = Gradients.Of(() => Weighted(network.Forward(symbols.Map(table.Forward))), parameters);
            var (ofSymbols, gradients) = Gradients.Of(() => Weighted(network.Forward(symbols, table)), parameters);
            Reference.AssertClose(ofVectors, ofSymbols, tolerance: 1e-13);
            foreach (var parameter in parameters) Reference.AssertClose(wanted[parameter], gradients[parameter], tolerance: 1e-12);
        }
    }

    [Fact]
    public void A_sequence_in_two_stretches_is_the_whole()
    {
        var network = new Lstm(4, 8, layers: 2);
        var x = Random(1, 3, 10, 4);
        var (whole, last) = network.Forward(x);
        var (first, between) = network.Forward(x[.., ..6]);
        var (second, end) = network.Forward(x[.., 6..], between);
        Reference.AssertClose(whole, Tensor.Concat(1, first, second), tolerance: 1e-6);
        Reference.AssertClose(last.Cell!, end.Cell!, tolerance: 1e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_trace_of_an_LSTM_follows_its_equations(bool bidirectional)
    {
        var network = new Lstm(4, 9, layers: 2, bidirectional);
        var x = Random(1, 3, 5, 4);
        var state = new RecurrentState(Random(2, bidirectional ? 4 : 2, 3, 9), Random(3, bidirectional ? 4 : 2, 3, 9));
        var trace = network.Trace(x, state);
        var (output, last) = network.Forward(x, state);
        Assert.Equal(bidirectional ? 4 : 2, trace.Count);
        for (var part = 0; part < trace.Count; part++)
        {
            var (i, f, g, o, c, h) = trace[part];
            var backwards = bidirectional && part % 2 == 1;
            var end = backwards ? 0 : 4;
            var before = backwards ? Tensor.Concat(1, c[.., 1..], state.Cell![part].Unsqueeze(1)) : Tensor.Concat(1, state.Cell![part].Unsqueeze(1), c[.., ..^1]);
            Reference.AssertClose((f * before) + (i * g), c, tolerance: 1e-6);
            Reference.AssertClose(o * c.Tanh(), h, tolerance: 1e-6);
            Reference.AssertClose(last.Hidden[part], h[.., end], tolerance: 1e-6);
            Reference.AssertClose(last.Cell![part], c[.., end], tolerance: 1e-6);
        }
        Reference.AssertClose(output, Tensor.Concat(2, [.. trace.Skip(trace.Count / 2).Select(layer => layer.Hidden)]), tolerance: 1e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_trace_of_a_GRU_is_what_its_equations_give_step_by_step(bool bidirectional)
    {
        const int batch = 3, time = 5, hidden = 9;
        var network = new Gru(4, hidden, layers: 2, bidirectional);
        var directions = bidirectional ? 2 : 1;
        var (x, state) = (Random(1, batch, time, 4), new RecurrentState(Random(2, 2 * directions, batch, hidden)));
        var trace = network.Trace(x, state);
        var (output, last) = network.Forward(x, state);
        Assert.Equal(2 * directions, trace.Count);
        var weights = network.Parameters().ToDictionary(p => p.Path, p => p.Parameter.Value.To(DType.Float64));
        for (var part = 0; part < trace.Count; part++)
        {
            var (reset, update, candidate, states) = trace[part];
            var (layer, backwards) = (part / directions, part % directions == 1);
            var read = layer == 0 ? x : Tensor.Concat(2, [.. trace.Take(directions).Select(below => below.Hidden)]);
            var name = $"l{layer}{(backwards ? "_reverse" : "")}";
            double Sum(string kind, int gate, int unit, Func<int, double> values)
            {
                var (weight, row) = (weights[$"weight_{kind}_{name}"], (gate * hidden) + unit);
                return weights[$"bias_{kind}_{name}"][row].Item() + Enumerable.Range(0, weight.Shape[1]).Sum(k => weight[row, k].Item() * values(k));
            }
            for (var b = 0; b < batch; b++)
            {
                var before = Enumerable.Range(0, hidden).Select(unit => state.Hidden[part, b, unit].Item()).ToArray();
                foreach (var t in backwards ? Enumerable.Range(0, time).Reverse() : Enumerable.Range(0, time))
                {
                    var after = new double[hidden];
                    for (var unit = 0; unit < hidden; unit++)
                    {
                        double Input(int gate) => Sum("ih", gate, unit, k => read[b, t, k].Item());
                        double Recurrent(int gate) => Sum("hh", gate, unit, k => before[k]);
                        double Gate(int gate) => 1 / (1 + Math.Exp(-(Input(gate) + Recurrent(gate))));
                        var (r, z) = (Gate(0), Gate(1));
                        var n = Math.Tanh(Input(2) + (r * Recurrent(2)));
                        after[unit] = ((1 - z) * n) + (z * before[unit]);
                        Assert.Equal(r, reset[b, t, unit].Item(), 1e-6);
                        Assert.Equal(z, update[b, t, unit].Item(), 1e-6);
                        Assert.Equal(n, candidate[b, t, unit].Item(), 1e-6);
                        Assert.Equal(after[unit], states[b, t, unit].Item(), 1e-6);
                    }
                    before = after;
                }
            }
            Reference.AssertClose(last.Hidden[part], states[.., backwards ? 0 : time - 1], tolerance: 1e-6);
        }
        Reference.AssertClose(output, Tensor.Concat(2, [.. trace.Skip(directions).Select(layer => layer.Hidden)]), tolerance: 1e-6);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Traces_of_ragged_sequences_are_those_of_each_alone(bool bidirectional)
    {
        var (lstm, gru) = (new Lstm(4, 9, layers: 2, bidirectional).Initialize(1), new Gru(4, 9, layers: 2, bidirectional).Initialize(2));
        var x = new Ragged(Random(1, 11, 4), 2, 5, 1, 3);
        var parts = bidirectional ? 4 : 2;
        var state = new RecurrentState(Random(2, parts, 4, 9), Random(3, parts, 4, 9));
        var (gates, resets) = (lstm.Trace(x, state), gru.Trace(x, state));
        Assert.Equal((parts, parts), (gates.Count, resets.Count));
        for (var i = 0; i < x.Count; i++)
        {
            var (alone, own) = (x[i].Unsqueeze(0), new RecurrentState(state.Hidden[.., i..(i + 1)], state.Cell![.., i..(i + 1)]));
            var (gatesAlone, resetsAlone) = (lstm.Trace(alone, own), gru.Trace(alone, own));
            for (var part = 0; part < parts; part++)
            {
                foreach (var of in new Func<LstmTrace, Tensor>[] { t => t.Input, t => t.Forget, t => t.Candidate, t => t.Output, t => t.Cell, t => t.Hidden })
                    Reference.AssertClose(of(gatesAlone[part])[0], x.With(of(gates[part]))[i], tolerance: 1e-6);
                foreach (var of in new Func<GruTrace, Tensor>[] { t => t.Reset, t => t.Update, t => t.Candidate, t => t.Hidden })
                    Reference.AssertClose(of(resetsAlone[part])[0], x.With(of(resets[part]))[i], tolerance: 1e-6);
            }
        }
    }

    [Fact]
    public void Dropout_lies_between_the_layers_and_only_in_training()
    {
        var network = new Gru(4, 8, layers: 2, dropout: 0.5);
        var x = Random(1, 2, 5, 4);
        Assert.Equal(network.Forward(x).Output.ToArray<float>(), network.Forward(x).Output.ToArray<float>());
        var (table, symbols) = (new Embedding(2, 4), new Ragged(Tensor.From(0L, 1, 1, 0), 3, 1));
        Assert.Equal(network.Forward(symbols, table).Output.Values.ToArray<float>(), network.Forward(symbols, table, dropout: 0.5).Output.Values.ToArray<float>());
        using var training = Mode.Train();
        Assert.NotEqual(network.Forward(x).Output.ToArray<float>(), network.Forward(x).Output.ToArray<float>());
        var plain = new Gru(4, 8);
        Assert.Equal(plain.Forward(symbols, table).Output.Values.ToArray<float>(), plain.Forward(symbols, table).Output.Values.ToArray<float>());
        Assert.NotEqual(plain.Forward(symbols, table, dropout: 0.5).Output.Values.ToArray<float>(), plain.Forward(symbols, table, dropout: 0.5).Output.Values.ToArray<float>());
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        static string Refused(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;
        var network = new Lstm(4, 8);
        Assert.Contains("Lstm: x [2, 4]: [batch, time, inputs]", Refused(() => network.Forward(Random(1, 2, 4))), StringComparison.Ordinal);
        Assert.Contains("Lstm.Trace: x [2, 4]: [batch, time, inputs]", Refused(() => network.Trace(Random(1, 2, 4))), StringComparison.Ordinal);
        Assert.Contains("Gru.Trace: x [2, 4]: [batch, time, inputs]", Refused(() => new Gru(4, 8).Trace(Random(1, 2, 4))), StringComparison.Ordinal);
        Assert.Contains("Lstm: x [2, 3, 5]: [batch, time, inputs] is needed, here [.., .., 4]", Refused(() => network.Forward(Random(1, 2, 3, 5))), StringComparison.Ordinal);
        Assert.Contains("Lstm: x [6, 5]: [elements, 4] is needed", Refused(() => network.Forward(new Ragged(Random(1, 6, 5), 6))), StringComparison.Ordinal);
        Assert.Contains("Gru: 0 ≤ dropout < 1", Refused(() => _ = new Gru(4, 8, 2, dropout: 1.5)), StringComparison.Ordinal);
        Assert.Contains("there is no sequence 2; the 2 sequences are 0 … 1", Refused(() => new Ragged(Random(1, 3, 4), 2, 1).Length(2)), StringComparison.Ordinal);
        Assert.Contains("there is no sequence -1", Refused(() => _ = new Ragged(Random(1, 3, 4), 3)[-1]), StringComparison.Ordinal);
        Assert.Contains("the batch is empty", Refused(() => _ = Ragged.From([])[0]), StringComparison.Ordinal);
        Assert.Contains("sequence 1 is null", Refused(() => Ragged.From([[1], null!])), StringComparison.Ordinal);
        Assert.Contains("[1, 2, 8] is needed", Refused(() => network.Forward(Random(1, 2, 3, 4), new(Random(1, 1, 3, 8)))), StringComparison.Ordinal);
        Assert.Contains("no cell", Refused(() => network.Forward(Random(1, 2, 3, 4), new(Random(1, 1, 2, 8)))), StringComparison.Ordinal);
        Assert.Contains("Lstm: a table [2, 5]: [rows, 4] is needed", Refused(() => network.Forward(new Ragged(Tensor.From(0L, 1, 1), 3), new Embedding(2, 5))), StringComparison.Ordinal);
        Assert.Contains("Lstm: symbols [3, 2]: [elements] is needed", Refused(() => network.Forward(new Ragged(Tensor.Zeros([3, 2]).To(DType.Int64), 3), new Embedding(2, 4))), StringComparison.Ordinal);
        Assert.Contains("sequence 1 has 0 elements", Refused(() => _ = new Ragged(Random(1, 3, 4), 3, 0)), StringComparison.Ordinal);
        Assert.Contains("add up to 4", Refused(() => _ = new Ragged(Random(1, 3, 4), 2, 2)), StringComparison.Ordinal);
    }

    /// <summary>Padding in front, behind and between; a network gives what it gives of the sequences.</summary>
    [Fact]
    public void A_mask_says_what_is_padding()
    {
        var padded = Random(1, 3, 4, 5);
        var mask = Tensor.From([false, true, true, true, true, true, false, false, true, false, true, false], [3, 4]);
        var x = Ragged.FromPadded(padded, mask);
        Assert.Equal([3, 2, 2], Enumerable.Range(0, 3).Select(x.Length));
        Assert.Equal(Tensor.Concat(0, padded[0, 1..], padded[1, ..2], padded[2, ..1], padded[2, 2..3]).ToArray<float>(), x.Values.ToArray<float>());
        var network = new Gru(5, 8).Initialize(1);
        Reference.AssertClose(network.Forward(padded[..1, 1..]).State.Hidden[.., 0], network.Forward(x).State.Hidden[.., 0], tolerance: 1e-6);
        Assert.Equal(padded.ToArray<float>(), Ragged.FromPadded(padded, Tensor.Ones([3, 4], DType.Bool)).ToPadded().ToArray<float>());

        var (_, gradients) = Gradients.Of(() => Ragged.FromPadded(padded, mask).Values.Sum(), padded);
        Assert.Equal(mask.Unsqueeze(2).Expand([3, 4, 5]).To(DType.Float32).ToArray<float>(), gradients[padded].ToArray<float>());

        static string Refused(Action action) => Assert.Throws<ArgumentException>(action).Message;
        Assert.Contains("the mask is Bool[4, 3]: Bool[3, 4] is needed", Refused(() => Ragged.FromPadded(padded, Tensor.Ones([4, 3], DType.Bool))), StringComparison.Ordinal);
        Assert.Contains("the mask is Float32[3, 4]", Refused(() => Ragged.FromPadded(padded, Tensor.Ones([3, 4]))), StringComparison.Ordinal);
        Assert.Contains("sequence 0 is all padding", Refused(() => Ragged.FromPadded(padded, Tensor.Zeros([3, 4], DType.Bool))), StringComparison.Ordinal);
    }

    [Fact]
    public void Padding_there_and_back_changes_nothing()
    {
        var ragged = new Ragged(Random(1, 6, 3), 1, 3, 2);
        var padded = ragged.ToPadded();
        Assert.Equal(Shape.Create(3, 3, 3), padded.Shape);
        Assert.Equal(new float[6], padded[0, 1..].ToArray<float>());
        Assert.Equal(ragged.Values.ToArray<float>(), Ragged.FromPadded(padded, 1, 3, 2).Values.ToArray<float>());
    }
}
