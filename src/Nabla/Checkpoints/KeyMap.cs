namespace Nabla.Checkpoints;

/// <summary>
/// Turns the names of a foreign checkpoint into the paths of a model, by rules that are applied in order:
/// <code>
/// new KeyMap().Rename("bert.encoder.layer.*", "layers.*").Rename("LayerNorm.gamma", "LayerNorm.weight").Transpose("c_fc.weight").Ignore("position_ids")
/// </code>
/// A pattern is one or more whole segments of a dotted name and matches wherever they follow one another; <c>*</c> matches any one segment. Immutable.
/// </summary>
public sealed class KeyMap
{
    private readonly (string[] From, string[] To)[] renames = [];
    private readonly string[][] transposed = [];
    private readonly string[][] ignored = [];

    /// <summary>The map that leaves every name as it is.</summary>
    public KeyMap()
    {
    }

    private KeyMap((string[] From, string[] To)[] renames, string[][] transposed, string[][] ignored) =>
        (this.renames, this.transposed, this.ignored) = (renames, transposed, ignored);

    /// <summary>
    /// With a rule that replaces the first match of <paramref name="from"/> by <paramref name="to"/>, in which each <c>*</c> stands for the segment that
    /// the <c>*</c> of the same rank in <paramref name="from"/> matched. An empty <paramref name="to"/> drops the segments.
    /// </summary>
    /// <exception cref="ArgumentException">The pattern is empty, has an empty segment, or fewer <c>*</c> than <paramref name="to"/>.</exception>
    public KeyMap Rename(string from, string to)
    {
        ArgumentNullException.ThrowIfNull(to);
        var rule = (From: Pattern(from, nameof(from)), To: to.Length == 0 ? [] : Pattern(to, nameof(to)));
        if (rule.To.Count(IsAny) > rule.From.Count(IsAny))
            throw new ArgumentException($"KeyMap: '{to}' has more * than '{from}', so that some would stand for nothing.", nameof(to));
        return new([.. renames, rule], transposed, ignored);
    }

    /// <summary>With a rule that transposes the matrices whose name in the file matches: their layout is [in, out], the model's is [out, in].</summary>
    public KeyMap Transpose(string pattern) => new(renames, [.. transposed, Pattern(pattern, nameof(pattern))], ignored);

    /// <summary>With a rule that passes over the tensors whose name in the file matches: they are neither loaded nor reported as unexpected.</summary>
    public KeyMap Ignore(string pattern) => new(renames, transposed, [.. ignored, Pattern(pattern, nameof(pattern))]);

    /// <summary>The model's path for a name of the file; null if it is ignored.</summary>
    public string? PathOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var segments = name.Split('.');
        if (Matches(ignored, segments)) return null;
        foreach (var (from, to) in renames)
            if (Find(from, segments) is >= 0 and var at) segments = [.. segments[..at], .. Fill(to, from, segments.AsSpan(at)), .. segments[(at + from.Length)..]];
        return string.Join('.', segments);
    }

    /// <summary>Whether the tensor of this name in the file is to be transposed.</summary>
    public bool IsTransposed(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Matches(transposed, name.Split('.'));
    }

    private static bool IsAny(string segment) => segment == "*";

    private static bool Matches(string[][] patterns, string[] segments) => Array.Exists(patterns, pattern => Find(pattern, segments) >= 0);

    private static int Find(string[] pattern, string[] segments)
    {
        for (var at = 0; at + pattern.Length <= segments.Length; at++)
        {
            var length = 0;
            while (length < pattern.Length && (IsAny(pattern[length]) || pattern[length] == segments[at + length])) length++;
            if (length == pattern.Length) return at;
        }
        return -1;
    }

    private static string[] Fill(string[] to, string[] from, ReadOnlySpan<string> matched)
    {
        var (filled, next) = (new string[to.Length], 0);
        for (var i = 0; i < to.Length; i++)
        {
            if (IsAny(to[i])) next = Array.IndexOf(from, "*", next) + 1;
            filled[i] = IsAny(to[i]) ? matched[next - 1] : to[i];
        }
        return filled;
    }

    private static string[] Pattern(string pattern, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern, parameter);
        var segments = pattern.Split('.');
        return Array.TrueForAll(segments, segment => segment.Length > 0) ? segments
            : throw new ArgumentException($"KeyMap: '{pattern}' has an empty segment; write whole segments between the dots.", parameter);
    }
}
