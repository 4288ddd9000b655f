using System.Buffers;
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
    private readonly SearchValues<char> firsts;

    public AddedTokenFinder(IEnumerable<(AddedToken Token, string Content)> tokens)
    {
        byFirst = tokens.Where(token => token.Content.Length > 0)
            .GroupBy(token => token.Content[0]).ToDictionary(group => group.Key, group =>
                group.OrderByDescending(token => token.Content.Length).ToArray());
        firsts = SearchValues.Create([.. byFirst.Keys]);
    }

    /// <summary>A text in parts: those that are an added token, and those between, which are not empty.</summary>
    public IEnumerable<(AlignedText Part, AddedToken? Token)> Cut(AlignedText text)
    {
        var (start, at) = (0, 0);
        while (Next(text.Text, start, at) is { } found)
        {
            if (found.Start > start) yield return (text[start..found.Start], null);
            yield return (text[found.Start..found.End], found.Token);
            (start, at) = (found.End, found.Behind);
        }
        if (start < text.Length) yield return (text[start..text.Length], null);
    }

    /// <summary>The next added token; null: there is none any more.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Behind the last part: what is before belongs to others.</param>
    /// <param name="at">Where to look from.</param>
    public Occurrence? Next(ReadOnlySpan<char> text, int start, int at)
    {
        for (int offset; (offset = text[at..].IndexOfAny(firsts)) >= 0;)
        {
            at += offset;
            if (LongestAt(text[at..]) is not { } found)
            {
                at++;
                continue;
            }
            var (begin, end) = (at, at + found.Content.Length);
            // White space that the token before has taken may be part of this one all the same, as in Hugging Face's library.
            at = end;
            // The longest alone counts: where it is part of a word, it is passed over, and shorter ones within it are not tried.
            if (found.Token.SingleWord && !StandsAlone(text, begin, end)) continue;
            while (found.Token.LeftStrip && begin > start && char.IsWhiteSpace(text[begin - 1])) begin--;
            while (found.Token.RightStrip && end < text.Length && char.IsWhiteSpace(text[end])) end++;
            return new(begin, end, at, found.Token);
        }
        return null;
    }

    private (AddedToken Token, string Content)? LongestAt(ReadOnlySpan<char> text)
    {
        if (!byFirst.TryGetValue(text[0], out var candidates)) return null;
        foreach (var candidate in candidates)
            if (text.StartsWith(candidate.Content, StringComparison.Ordinal)) return candidate;
        return null;
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end) =>
        !(Rune.DecodeLastFromUtf16(text[..start], out var before, out _) == OperationStatus.Done
            && WhitespacePreTokenizer.IsWord(before)) &&
        !(Rune.DecodeFromUtf16(text[end..], out var after, out _) == OperationStatus.Done && WhitespacePreTokenizer.IsWord(after));

    /// <summary>An added token in a text.</summary>
    /// <param name="Start">Where its part begins.</param>
    /// <param name="End">Where it ends.</param>
    /// <param name="Behind">Where to look for the next.</param>
    /// <param name="Token">The token.</param>
    public readonly record struct Occurrence(int Start, int End, int Behind, AddedToken Token);
}
