using Nabla.Layers;
using Nabla.Text;

namespace Nabla.Models;

/// <summary>
/// A <see cref="CharacterModel"/> that goes on with a text, for <see cref="Sampling"/> and <see cref="GreedySearch"/>:
/// <c>new Sampling(prompt[^1], writer.End, length, seed).Run(writer)</c> with <c>writer = new CharacterWriter(model, prompt)</c>.
/// </summary>
public sealed class CharacterWriter : ISequenceModel
{
    private readonly CharacterModel model;
    private readonly Tensor never;
    private RecurrentState? state;

    /// <summary>Reads a prompt but for its last symbol, with which the search begins.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">Ids of a text, at least one.</param>
    public CharacterWriter(CharacterModel model, IReadOnlyList<int> prompt)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        if (prompt.Count == 0) throw new ArgumentException("CharacterWriter: the prompt is empty. Give one symbol at least, such as a line break.", nameof(prompt));
        (this.model, never) = (model, Tensor.Full([1, 1], float.NegativeInfinity));
        if (prompt.Count > 1) state = model.Forward(Tensor.From([.. prompt.SkipLast(1).Select(id => (long)id)], [1, prompt.Count - 1])).State;
    }

    /// <summary>The token that would end the text: one behind the model's symbols, which never comes.</summary>
    public int End => model.Output.Weight.Shape[0];

    /// <inheritdoc/>
    public int Rows { get; private set; } = 1;

    /// <inheritdoc/>
    public Tensor Next(IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count != Rows) throw new ArgumentException($"CharacterWriter: {tokens.Count} tokens for {Rows} rows: one for each is needed.", nameof(tokens));
        (var logits, state) = model.Forward(Tensor.From([.. tokens.Select(token => (long)token)], [Rows, 1]), state);   // [rows, 1, symbols]
        return Tensor.Concat(1, logits.Squeeze(1), never.To(logits.DType).Expand([Rows, 1]));
    }

    /// <inheritdoc/>
    public void Select(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (var row in rows)
            if ((uint)row >= (uint)Rows) throw new ArgumentOutOfRangeException(nameof(rows), row, $"CharacterWriter: there is no row {row}; the {Rows} rows are 0 … {Rows - 1}.");
        Rows = rows.Count;
        if (state is null || Rows == 0) return;
        var index = Tensor.From([.. rows.Select(row => (long)row)]);
        state = new(state.Hidden.IndexSelect(1, index), state.Cell?.IndexSelect(1, index));
    }
}
