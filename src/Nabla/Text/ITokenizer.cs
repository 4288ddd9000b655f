namespace Nabla.Text;

/// <summary>A piece of a text and its number.</summary>
/// <param name="Id">The number in the tokenizer's vocabulary.</param>
/// <param name="Start">Where the piece begins in the text, in UTF-16 code units: <c>text[token.Start..token.End]</c>.</param>
/// <param name="End">Where it ends.</param>
public readonly record struct Token(int Id, int Start, int End);

/// <summary>Cuts texts into numbered pieces and puts them together again. It does not change and may be used by several threads.</summary>
public interface ITokenizer
{
    /// <summary>How many numbers there are: every id is 0 … Count − 1.</summary>
    int Count { get; }

    /// <summary>The pieces of a text, in its order, without start and end symbols.</summary>
    /// <exception cref="KeyNotFoundException">The text holds what the tokenizer has no number for, not even one for what is unknown.</exception>
    IReadOnlyList<Token> Encode(string text);

    /// <summary>The text of pieces. Special symbols, other than that of the unknown, are left out.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    string Decode(IEnumerable<int> ids);
}

/// <summary>What every tokenizer can do besides.</summary>
public static class TokenizerExtensions
{
    /// <summary>The numbers of a text's pieces alone.</summary>
    public static int[] Ids(this ITokenizer tokenizer, string text)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return [.. tokenizer.Encode(text).Select(token => token.Id)];
    }
}
