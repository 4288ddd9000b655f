namespace Nabla.Text;

/// <summary>
/// Symbols of a vocabulary that stand for something else than text. A vocabulary that counts its symbols puts them first, in this order. A null: there is no such symbol.
/// </summary>
/// <param name="Padding">Fills sequences up to one length.</param>
/// <param name="Unknown">Stands for every symbol that the vocabulary does not have.</param>
/// <param name="Start">Stands before the first symbol of a text.</param>
/// <param name="End">Stands behind the last symbol of a text.</param>
public sealed record SpecialSymbols(string? Padding = null, string? Unknown = null, string? Start = null, string? End = null)
{
    /// <summary>None at all: an unknown symbol is an error.</summary>
    public static SpecialSymbols None { get; } = new();

    /// <summary>All four, as <c>&lt;pad&gt; &lt;unk&gt; &lt;s&gt; &lt;/s&gt;</c>.</summary>
    public static SpecialSymbols All { get; } = new("<pad>", "<unk>", "<s>", "</s>");

    /// <summary>Those that there are, in their order.</summary>
    internal IEnumerable<string> Present => new[] { Padding, Unknown, Start, End }.OfType<string>();
}
