using System.Text;

namespace Nabla.Text;

/// <summary>A token that is found in the text as it stands, before anything else is done.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">Whether decoding leaves it out.</param>
public sealed record AddedToken(int Id, string Content, bool Special = true)
{
    /// <summary>Whether it counts only where no letter or digit stands beside it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Whether it takes the white space before it.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Whether it takes the white space behind it.</summary>
    public bool RightStrip { get; init; }

    /// <summary>Whether it is sought in the text as it is normalised, itself normalised.</summary>
    public bool Normalized { get; init; }
}

/// <summary>Finds added tokens, at each place the longest.</summary>
internal sealed class AddedTokenFinder
{
    private readonly Dictionary<char, (AddedToken Token, string Content)[]> byFirst;

    public AddedTokenFinder(IEnumerable<(AddedToken Token, string Content)> tokens) => byFirst = tokens.Where(token => token.Content.Length > 0)
        .GroupBy(token => token.Content[0]).ToDictionary(group => group.Key, group => group.OrderByDescending(token => token.Content.Length).ToArray());

    /// <summary>A text in parts: those that are an added token, and those between, which are not empty.</summary>
    public IEnumerable<(AlignedText Part, AddedToken? Token)> Cut(AlignedText text)
    {
        var start = 0;
        for (var at = 0; at < text.Length;)
        {
            if (Find(text.Text, at) is not { } found)
            {
                at++;
                continue;
            }
            // The longest alone counts: where it is part of a word, it is passed over, and shorter ones within it are not tried.
            if (found.Token.SingleWord && !StandsAlone(text.Text, at, at + found.Content.Length))
            {
                at += found.Content.Length;
                continue;
            }
            var (begin, end) = (at, at + found.Content.Length);
            // White space that the token before has taken may be part of this one all the same, as in Hugging Face's library.
            at = end;
            while (found.Token.LeftStrip && begin > start && char.IsWhiteSpace(text.Text[begin - 1])) begin--;
            while (found.Token.RightStrip && end < text.Length && char.IsWhiteSpace(text.Text[end])) end++;
            if (begin > start) yield return (text[start..begin], null);
            yield return (text[begin..end], found.Token);
            start = end;
        }
        if (start < text.Length) yield return (text[start..text.Length], null);
    }

    private (AddedToken Token, string Content)? Find(string text, int at)
    {
        if (!byFirst.TryGetValue(text[at], out var candidates)) return null;
        foreach (var candidate in candidates)
            if (string.CompareOrdinal(text, at, candidate.Content, 0, candidate.Content.Length) == 0)
                return candidate;
        return null;
    }

    private static bool StandsAlone(string text, int start, int end) => !(start > 0 && IsWord(text, start - 1)) && !(end < text.Length && IsWord(text, end));

    private static bool IsWord(string text, int at) =>
        Rune.TryGetRuneAt(text, at > 0 && char.IsLowSurrogate(text[at]) && char.IsHighSurrogate(text[at - 1]) ? at - 1 : at, out var rune) && WhitespacePreTokenizer.IsWord(rune);
}
