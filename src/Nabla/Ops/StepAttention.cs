namespace Nabla.Ops;

/// <summary>
/// <see cref="Attention"/> of one query a row to what earlier steps have left, without collecting it. Inputs query [rows, heads · width], then for each step its keys [rows of then, heads · width],
/// then for each step its values, of the same shape → [rows, heads · width].
/// </summary>
/// <param name="Places">For each row and each step, the row that it had then: [rows · steps].</param>
/// <param name="Heads">How many attentions lie side by side.</param>
/// <param name="Scale">Usually 1/√width.</param>
internal sealed partial record StepAttention(int[] Places, int Heads, double Scale) : Op
{
    public override Shape Infer(ReadOnlySpan<Tensor> inputs)
    {
        DemandOneType(inputs);
        var (query, steps) = (inputs[0].Shape, inputs.Length / 2);
        if (inputs.Length % 2 == 0 || query.Rank != 2 || query[1] % Heads != 0 || Places.Length != query[0] * steps)
            throw new ArgumentException($"StepAttention: query {query}, {inputs.Length - 1} keys and values, {Places.Length} places: [rows, heads · width] is needed, and for each row a place in each step.");
        for (var i = 1; i < inputs.Length; i++)
        {
            if (inputs[i].Rank != 2 || inputs[i].Shape[1] != query[1] || inputs[i].Shape[0] != inputs[1 + ((i - 1) % steps)].Shape[0])
                throw new ArgumentException($"StepAttention: keys or values {inputs[i].Shape} of step {(i - 1) % steps}: [rows of then, {query[1]}] is needed, of both as many.");
        }
        for (var step = 0; step < steps; step++)
        {
            var rows = inputs[1 + step].Shape[0];
            for (var i = step; i < Places.Length; i += steps)
                if ((uint)Places[i] >= (uint)rows) throw new ArgumentException($"StepAttention: row {i / steps} is said to have been row {Places[i]} of step {step}, which has {rows}.");
        }
        return query;
    }

    public override Tensor Compose(ReadOnlySpan<Tensor> inputs)
    {
        var (query, steps) = (inputs[0], inputs.Length / 2);
        var (rows, width) = (query.Shape[0], query.Shape[1] / Heads);
        if (steps == 0) return Tensor.Zeros(query.Shape, query.DType);
        var begins = new long[steps];
        for (var s = 1; s < steps; s++) begins[s] = begins[s - 1] + inputs[s].Shape[0];
        var index = Tensor.From([.. Places.Select((place, i) => begins[i % steps] + place)]);
        Tensor Collected(Tensor[] parts) => Tensor.Concat(0, parts).IndexSelect(0, index).Reshape(rows, steps, Heads, width).Transpose(1, 2);   // [rows, heads, steps, width]
        var (key, value) = (Collected([.. inputs[1..(steps + 1)]]), Collected([.. inputs[(steps + 1)..]]));
        return query.Reshape(rows, Heads, 1, width).Attention(key, value, scale: Scale).Reshape(query.Shape);
    }
}
