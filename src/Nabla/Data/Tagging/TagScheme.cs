namespace Nabla.Data;

/// <summary>How tags say where entities of several words begin and end.</summary>
public enum TagScheme
{
    /// <summary>A tag says nothing of its neighbours: parts of speech.</summary>
    None,
    /// <summary>IOB2: <c>B-</c> begins an entity, <c>I-</c> goes on, <c>O</c> is outside (Ratnaparkhi 1998).</summary>
    Bio,
    /// <summary>
    /// <c>I-</c> begins an entity too; <c>B-</c> only where one of the same type ends before it (Ramshaw, Marcus 1995). The files of
    /// CoNLL-2003 as they were published.
    /// </summary>
    Iob1,
    /// <summary><c>B-</c>, <c>I-</c>, <c>E-</c> for the last word, <c>S-</c> for a single one. Also called BIOES.</summary>
    Iobes,
    /// <summary><c>B-</c>, <c>I-</c>, <c>L-</c> for the last word, <c>U-</c> for a single one.</summary>
    Bilou,
}

/// <summary>Recognises tag schemes and converts them to BIO.</summary>
public static class TagSchemes
{
    private const string Outside = "O";
    private const char Plain = '\0';

    /// <summary>
    /// The scheme that tags of many sentences are written in. Where most different tags have no prefix, it is <see cref="TagScheme.None"/>.
    /// </summary>
    /// <param name="sentences">Tags of each sentence.</param>
    public static TagScheme Recognise(IEnumerable<IReadOnlyList<string>> sentences)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        var (all, beginsWithInside) = (new HashSet<(char Prefix, string Type)>(), false);
        foreach (var tags in sentences)
        {
            var before = (Prefix: 'O', Type: "");
            foreach (var tag in tags)
            {
                var now = Split(tag);
                all.Add(now);
                beginsWithInside |= now.Prefix == 'I' && before.Type != now.Type;
                before = now;
            }
        }
        var prefixes = all.Select(tag => tag.Prefix).ToHashSet();
        if (!prefixes.Overlaps("BIESLU") || all.Count(tag => tag.Prefix == Plain) * 2 > all.Count) return TagScheme.None;
        if (prefixes.Overlaps("ES")) return TagScheme.Iobes;
        return prefixes.Overlaps("LU") ? TagScheme.Bilou : beginsWithInside ? TagScheme.Iob1 : TagScheme.Bio;
    }

    /// <summary>Whether a tag is <c>O</c> or has the prefix of an entity.</summary>
    internal static bool Has(string tag) => Split(tag).Prefix != Plain;

    /// <summary>
    /// The tags in BIO. An <c>I-</c> (<c>E-</c>, <c>L-</c>) that nothing of its type precedes begins an entity, as the scoring script of
    /// CoNLL reads it.
    /// </summary>
    /// <param name="tags">Tags of one sentence, of any scheme; without entities (<see cref="TagScheme.None"/>) they do not change.</param>
    /// <param name="scheme">Their scheme.</param>
    public static IReadOnlyList<string> ToBio(IReadOnlyList<string> tags, TagScheme scheme)
    {
        ArgumentNullException.ThrowIfNull(tags);
        if (scheme == TagScheme.None) return tags;
        var (result, open) = (new string[tags.Count], (string?)null);
        for (var i = 0; i < result.Length; i++)
        {
            var (prefix, type) = Split(tags[i]);
            if (prefix == 'O')
            {
                (result[i], open) = (Outside, null);
                continue;
            }
            result[i] = (prefix is 'I' or 'E' or 'L' && open == type ? "I-" : "B-") + type;
            open = prefix is 'E' or 'L' or 'S' or 'U' ? null : type;
        }
        return result;
    }

    /// <summary>'B' and "PER" of "B-PER"; 'O' of "O".</summary>
    private static (char Prefix, string Type) Split(string tag) => tag == Outside ? ('O', "")
        : tag.Length > 2 && tag[1] == '-' && tag[0] is 'B' or 'I' or 'E' or 'S' or 'L' or 'U' ? (tag[0], tag[2..]) : (Plain, tag);
}
