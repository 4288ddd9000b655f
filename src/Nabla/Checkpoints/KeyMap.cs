namespace Nabla.Checkpoints;

/// <summary>
/// Turns the names of a foreign checkpoint into the paths of a model, by rules that are applied in order:
/// <code>
/// new KeyMap().Rename("bert.encoder.layer.*", "layers.*").Rename("LayerNorm.gamma", "LayerNorm.weight").Transpose("c_fc.weight").Ignore("position_ids")
/// </code>
/// A pattern is one or more whole segments of a dotted name and matches wherever they follow one another; <c>*</c> matches any one segment.
/// Read backwards (<see cref="NameOf"/>) it gives the names to save a model under. Immutable.
/// </summary>
public sealed partial class KeyMap
{
    private readonly (string[] From, string[] To)[] renames = [];
    private readonly string[][] transposed = [];
    private readonly string[][] ignored = [];
    private readonly string[][] tied = [];

    /// <summary>The map that leaves every name as it is.</summary>
    public KeyMap()
    {
    }

    private KeyMap((string[] From, string[] To)[] renames, string[][] transposed, string[][] ignored, string[][] tied) =>
        (this.renames, this.transposed, this.ignored, this.tied) = (renames, transposed, ignored, tied);

    /// <summary>The names that are one tensor, a group for each; the first of a group is the one to save it under.</summary>
    internal IReadOnlyList<IReadOnlyList<string>> Tied => tied;

    /// <summary>
    /// With a rule that replaces the first match of <paramref name="from"/> by <paramref name="to"/>, in which each <c>*</c> stands for the
    /// segment that the <c>*</c> of the same rank in <paramref name="from"/> matched. An empty <paramref name="to"/> drops the segments.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The pattern is empty, has an empty segment, or fewer <c>*</c> than <paramref name="to"/>.
    /// </exception>
    public KeyMap Rename(string from, string to)
    {
        ArgumentNullException.ThrowIfNull(to);
        var rule = (From: Pattern(from, nameof(from)), To: to.Length == 0 ? [] : Pattern(to, nameof(to)));
        if (rule.To.Count(IsAny) > rule.From.Count(IsAny))
            throw new ArgumentException($"KeyMap: '{to}' has more * than '{from}', so that some would stand for nothing.", nameof(to));
        return new([.. renames, rule], transposed, ignored, tied);
    }

    /// <summary>
    /// With a rule that transposes the matrices whose name in the file matches: their layout is [in, out], the model's is [out, in].
    /// </summary>
    public KeyMap Transpose(string pattern) => new(renames, [.. transposed, Pattern(pattern, nameof(pattern))], ignored, tied);

    /// <summary>
    /// With a rule that passes over the tensors whose name in the file matches: they are neither loaded nor reported as unexpected.
    /// </summary>
    public KeyMap Ignore(string pattern) => new(renames, transposed, [.. ignored, Pattern(pattern, nameof(pattern))], tied);

    /// <summary>
    /// With a rule that two names of the file are one tensor, as an output weight is that is tied to the word embeddings. A file needs to
    /// hold one of them: it is loaded wherever the model has a tensor for either. If it holds both, their values must be equal. Saving
    /// writes <paramref name="of"/> alone.
    /// </summary>
    /// <param name="name">
    /// The name that checkpoints leave out, such as <c>cls.predictions.decoder.weight</c>; whole, without <c>*</c>.
    /// </param>
    /// <param name="of">The name that they keep, such as <c>bert.embeddings.word_embeddings.weight</c>.</param>
    /// <exception cref="ArgumentException">A name is empty, or both are the same.</exception>
    public KeyMap Tie(string name, string of)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(of);
        if (name == of) throw new ArgumentException($"KeyMap: '{name}' is tied to itself.", nameof(of));
        string[] group = [.. Group(of).Union(Group(name), StringComparer.Ordinal)];
        return new(renames, transposed, ignored, [.. tied.Where(other => !other.Any(group.Contains)), group]);

        string[] Group(string member) => Array.Find(tied, group => group.Contains(member)) ?? [member];
    }

    /// <summary>The model's path for a name of the file; null if it is ignored.</summary>
    public string? PathOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var segments = name.Split('.');
        if (Matches(ignored, segments)) return null;
        foreach (var (from, to) in renames) segments = Applied(from, to, segments);
        return string.Join('.', segments);
    }

    /// <summary>Whether the tensor of this name in the file is to be transposed.</summary>
    public bool IsTransposed(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Matches(transposed, name.Split('.'));
    }

    private static string[] Applied(string[] from, string[] to, string[] segments) =>
        Find(from, segments) is >= 0 and var at ? Replaced(from, to, segments, at) : segments;

    private static string[] Replaced(string[] from, string[] to, string[] segments, int at) =>
        [.. segments[..at], .. Fill(to, from, segments.AsSpan(at)), .. segments[(at + from.Length)..]];

    private static bool IsAny(string segment) => segment == "*";

    private static bool Matches(string[][] patterns, string[] segments) => Array.Exists(patterns, pattern => Find(pattern, segments) >= 0);

    private static int Find(string[] pattern, string[] segments, int start = 0)
    {
        for (var at = start; at + pattern.Length <= segments.Length; at++)
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
