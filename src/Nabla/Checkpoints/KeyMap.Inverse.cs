namespace Nabla.Checkpoints;

public sealed partial class KeyMap
{
    /// <summary>
    /// A name that <see cref="PathOf"/> turns into this path, null if there is none. Where there are several, renamed ones win over those
    /// that no rule changes, and nothing is put in where an empty replacement has dropped segments.
    /// </summary>
    public string? NameOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Name(path.Split('.'), renames.Length) is { } name ? string.Join('.', name) : null;
    }

    /// <summary>What the first <paramref name="rules"/> rules turn into these segments.</summary>
    private string[]? Name(string[] segments, int rules)
    {
        if (rules == 0) return Matches(ignored, segments) ? null : segments;
        var (from, to) = renames[rules - 1];
        foreach (var before in Before(from, to, segments))
            if (Name(before, rules - 1) is { } name) return name;
        return null;
    }

    /// <summary>All that one rule turns into these segments.</summary>
    private static IEnumerable<string[]> Before(string[] from, string[] to, string[] segments)
    {
        // Fewer stars: the rule has dropped segments that nothing tells.
        if (to.Length > 0 && to.Count(IsAny) == from.Count(IsAny))
        {
            for (var at = Find(to, segments); at >= 0; at = Find(to, segments, at + 1))
            {
                var before = Replaced(to, from, segments, at);
                if (Applied(from, to, before).AsSpan().SequenceEqual(segments)) yield return before;
            }
        }
        if (Find(from, segments) < 0) yield return segments;
    }
}
