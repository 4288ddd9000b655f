using Nabla.Backends.Cpu;

namespace Nabla.Text;

public partial class ComposedTokenizer
{
    /// <summary>
    /// How texts are encoded where no options are given: what the <c>truncation</c> and <c>padding</c> of a <c>tokenizer.json</c> say.
    /// </summary>
    public EncodeOptions Defaults => Parts.Defaults;

    /// <summary>The most tokens of a sequence that the model takes, special ones included; null: not known.</summary>
    public int? ModelMaxLength { get; private protected init; }

    /// <summary>The id that sequences are padded with; null: none is known.</summary>
    internal virtual int? PaddingId => Defaults.PadId;

    /// <summary>
    /// The token sequence of a text, or of a pair of texts, for a model: with special tokens around and between them, such as <c>[CLS]
    /// first [SEP] second [SEP]</c>, truncated and padded as the options say.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">The second text of a pair; null: there is none.</param>
    /// <param name="options">Null: <see cref="Defaults"/>.</param>
    /// <exception cref="ArgumentException">The options contradict each other, or the texts cannot be truncated so.</exception>
    /// <exception cref="KeyNotFoundException">A text holds what the tokenizer has no number for, not even one for what is
    /// unknown.</exception>
    public EncodedText Encode(string text, string? pair, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return EncodeBatch([(text, pair)], options)[0];
    }

    /// <summary>
    /// The token sequences of texts, padded to one length where the options say so. The work is done by several threads; the result does
    /// not depend on how many.
    /// </summary>
    /// <param name="texts">The texts.</param>
    /// <param name="options">Null: <see cref="Defaults"/>.</param>
    /// <exception cref="ArgumentException">The options contradict each other, or a text cannot be truncated so.</exception>
    /// <exception cref="KeyNotFoundException">A text holds what the tokenizer has no number for, not even one for what is
    /// unknown.</exception>
    public IReadOnlyList<EncodedText> EncodeBatch(IReadOnlyList<string> texts, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return EncodeBatch([.. texts.Select(text => (text, (string?)null))], options);
    }

    /// <summary>
    /// The token sequences of pairs of texts, padded to one length where the options say so. The work is done by several threads; the
    /// result does not depend on how many.
    /// </summary>
    /// <param name="texts">The texts; a pair of null is no pair.</param>
    /// <param name="options">Null: <see cref="Defaults"/>.</param>
    /// <exception cref="ArgumentException">The options contradict each other, or a text cannot be truncated so.</exception>
    /// <exception cref="KeyNotFoundException">A text holds what the tokenizer has no number for, not even one for what is
    /// unknown.</exception>
    public IReadOnlyList<EncodedText> EncodeBatch(IReadOnlyList<(string Text, string? Pair)> texts, EncodeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        for (var i = 0; i < texts.Count; i++)
            if (texts[i].Text is null) throw new ArgumentException($"Tokenizer: text {i} is null.", nameof(texts));
        options ??= Defaults;
        var builder = new SequenceBuilder(this, options);
        var sequences = new EncodedText[texts.Count];
        var work = new BatchEncoding(this, builder, texts, sequences, options.Offsets || builder.ComparesTexts);
        ThreadTeam.Run(work.Parts, ref work);
        builder.Pad(sequences);
        return sequences;
    }

    /// <summary>The texts of a batch, some at a time.</summary>
    private readonly struct BatchEncoding(ComposedTokenizer tokenizer, SequenceBuilder builder,
        IReadOnlyList<(string Text, string? Pair)> texts, EncodedText[] sequences, bool recordsOffsets) : IPart
    {
        private const int TextsOfPart = 16;

        public int Parts => (sequences.Length + TextsOfPart - 1) / TextsOfPart;

        public void Run(int part)
        {
            var (first, second) = (new TokenBuffer(recordsOffsets), new TokenBuffer(recordsOffsets));
            for (var i = part * TextsOfPart; i < Math.Min(sequences.Length, (part + 1) * TextsOfPart); i++)
            {
                var (text, pair) = texts[i];
                first.Clear();
                second.Clear();
                tokenizer.Encode(text, first);
                if (pair is not null) tokenizer.Encode(pair, second);
                sequences[i] = builder.Build(first, pair is null ? null : second);
            }
        }
    }
}
