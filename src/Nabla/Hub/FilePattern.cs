namespace Nabla.Hub;

/// <summary>
/// Patterns of file names as Python's fnmatch reads them, and so huggingface_hub: * is any text, across folders too; ? one character;
/// [abc], [a-c] one of some and [!abc] none of them; a pattern that ends in / is everything in the folder.
/// </summary>
internal static class FilePattern
{
    public static bool Matches(string pattern, string name)
    {
        if (pattern.EndsWith('/')) pattern += "*";
        // The last * and what follows the text that it is tried with: an earlier * need not be tried again.
        var (p, n, star, next) = (0, 0, -1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, next) = (p++, n);
            else if (p < pattern.Length && Width(pattern, p, name[n]) is > 0 and var width) (p, n) = (p + width, n + 1);
            else if (star >= 0) (p, n) = (star + 1, ++next);
            else return false;
        }
        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }

    /// <summary>The length of the part of the pattern that stands for one character, or 0 if it does not stand for this one.</summary>
    private static int Width(string pattern, int start, char character)
    {
        if (pattern[start] == '?') return 1;
        if (pattern[start] == '[' && End(pattern, start) is > 0 and var end)
            return Has(pattern.AsSpan(start + 1, end - start - 1), character) ? end - start + 1 : 0;
        return pattern[start] == character ? 1 : 0;
    }

    /// <summary>The ] of a set, which may itself begin with one; -1 if the [ stands for itself.</summary>
    private static int End(string pattern, int start)
    {
        var first = start + (start + 1 < pattern.Length && pattern[start + 1] == '!' ? 2 : 1);
        return first + 1 < pattern.Length ? pattern.IndexOf(']', first + 1) : -1;
    }

    private static bool Has(ReadOnlySpan<char> set, char character)
    {
        var isNegated = set[0] == '!';
        if (isNegated) set = set[1..];
        for (var i = 0; i < set.Length; i++)
        {
            var last = i + 2 < set.Length && set[i + 1] == '-' ? i + 2 : i;
            if (character >= set[i] && character <= set[last]) return !isNegated;
            i = last;
        }
        return isNegated;
    }
}
