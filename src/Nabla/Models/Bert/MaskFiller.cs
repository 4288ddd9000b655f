using Nabla.Text;

namespace Nabla.Models;

/// <summary>A token for a [MASK] of a text.</summary>
/// <param name="Token">As the vocabulary spells it.</param>
/// <param name="Id">Its id.</param>
/// <param name="Probability">That it stood there, by the model.</param>
/// <param name="Text">The text with the token in place of the mask; other masks stay.</param>
public sealed record MaskFill(string Token, int Id, double Probability, string Text);

/// <summary>
/// What stood where a text has [MASK], by a <see cref="BertForMaskedLM"/> and its tokenizer. Any number of threads may ask at a time.
/// </summary>
/// <param name="tokenizer">Turns texts into ids of the model's vocabulary.</param>
/// <param name="model">Predicts the masked tokens.</param>
public sealed class MaskFiller(BertTokenizer tokenizer, BertForMaskedLM model)
{
    /// <summary>The model of a folder of Hugging Face's layout.</summary>
    /// <exception cref="Checkpoints.CheckpointException">The weights cannot be read, do not fit, or lack the head that predicts
    /// tokens.</exception>
    /// <exception cref="Data.DataFileException">The configuration or the tokenizer cannot be used.</exception>
    public static MaskFiller Load(string folder)
    {
        var model = new BertForMaskedLM(BertConfiguration.Load(folder));
        var report = BertCheckpoint.Load(model, folder);
        return report.Missing.Count == 0 ? new(BertTokenizer.Load(folder), model)
            : throw new Checkpoints.CheckpointException(report.File, BertNames.Of(report.Missing[0]),
                "is missing: this model was not saved with the head that predicts masked tokens. Choose one that was, such as a BertForMaskedLM.");
    }

    /// <summary>The likeliest tokens for each mask of a text, in the order of the masks.</summary>
    /// <param name="text">With at least one mask token, such as "The [MASK] is blue."</param>
    /// <param name="top">How many tokens for each mask, at least 1.</param>
    /// <returns>For each mask the tokens, the likeliest first.</returns>
    /// <exception cref="ArgumentException">There is no mask, or the text is longer than the model reads.</exception>
    public IReadOnlyList<IReadOnlyList<MaskFill>> Fill(string text, int top = 5)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        var mask = tokenizer.MaskId;
        var encoded = tokenizer.Encode(text, null, new());
        long[] positions = [.. encoded.Ids.Index().Where(token => token.Item == mask).Select(token => (long)token.Index)];
        if (positions.Length == 0)
            throw new ArgumentException($"There is no {tokenizer[mask]} in \"{text}\". Put it where a word is to be found.", nameof(text));
        var probabilities = model.Forward(BertInput.From([encoded]), Tensor.From(positions)).Softmax();        // [masks, vocabulary]
        var (values, ids) = probabilities.TopK(Math.Min(top, model.Bert.Configuration.VocabularySize));
        var (most, best) = (values.To(DType.Float64).ToArray<double>(), ids.ToArray<long>());
        var count = best.Length / positions.Length;
        return [.. positions.Select((position, i) => Enumerable.Range(i * count, count).Select(k =>
            new MaskFill(tokenizer[(int)best[k]], (int)best[k], most[k], Filled(text, encoded.Offsets[position],
                tokenizer.Decode([(int)best[k]])))).ToArray())];
    }

    private static string Filled(string text, (int Start, int End) at, string token) => $"{text[..at.Start]}{token}{text[at.End..]}";
}
