using Nabla.Layers;
using Nabla.Text;

namespace Nabla.Models;

/// <summary>
/// A <see cref="CharacterTransformer"/> that goes on with a text, for <see cref="Sampling"/>, <see cref="BeamSearch"/> and <see cref="GreedySearch"/>, with the keys and values of what is there:
/// <c>new Sampling(prompt[^1], writer.End, length, seed).Run(writer)</c> with <c>writer = new CharacterTransformerWriter(model, prompt)</c>.
/// </summary>
public sealed class CharacterTransformerWriter : ISequenceModel
{
    private readonly CharacterTransformer model;
    private readonly KeyValueCache[] past;
    private readonly Tensor never = Tensor.Full([1, 1], float.NegativeInfinity);

    /// <summary>Reads a prompt but for its last symbol, with which the search begins.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">Ids of a text, at least one; with what is written at most as many as the model sees.</param>
    /// <exception cref="ArgumentException">The prompt is empty, or longer than the model sees.</exception>
    public CharacterTransformerWriter(CharacterTransformer model, IReadOnlyList<int> prompt)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        if (prompt.Count == 0) throw new ArgumentException("CharacterTransformerWriter: the prompt is empty. Give one symbol at least, such as a line break.", nameof(prompt));
        if (prompt.Count > model.Length) throw new ArgumentException($"CharacterTransformerWriter: a prompt of {prompt.Count} symbols, the model sees {model.Length}. Give the last of them.", nameof(prompt));
        this.model = model;
        past = [.. model.Layers.Select(_ => new KeyValueCache(1))];
        foreach (var id in prompt.SkipLast(1)) Read([id]);
    }

    /// <summary>The token that would end the text: one behind the model's symbols, which never comes.</summary>
    public int End => model.Output.Weight.Shape[0];

    /// <inheritdoc/>
    public int Rows { get; private set; } = 1;

    /// <summary>How many symbols have been read.</summary>
    public int Length { get; private set; }

    /// <inheritdoc/>
    public Tensor Next(IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count != Rows) throw new ArgumentException($"CharacterTransformerWriter: {tokens.Count} tokens for {Rows} rows: one for each is needed.", nameof(tokens));
        if (Length == model.Length) throw new ArgumentException($"CharacterTransformerWriter: the text has the {Length} symbols that the model sees. Begin anew with the last of them as the prompt.");
        var logits = model.Output.Forward(model.Norm.Forward(Read(tokens)));                             // [rows, symbols]
        return Tensor.Concat(1, logits, never.To(logits.DType).Expand([Rows, 1]));
    }

    /// <inheritdoc/>
    public void Select(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (var layer in past) layer.Select(rows);
        Rows = rows.Count;
    }

    /// <summary>One more symbol of each row: [rows, width]</summary>
    private Tensor Read(IReadOnlyList<int> tokens)
    {
        var x = model.Positions.AddTo(model.Embedding.Forward(Tensor.From([.. tokens.Select(token => (long)token)])), Length);
        for (var layer = 0; layer < past.Length; layer++) x = model.Layers[layer].Step(x, past[layer]);
        Length++;
        return x;
    }
}
