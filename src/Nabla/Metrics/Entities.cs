namespace Nabla.Metrics;

/// <summary>A named entity among the words of a sentence.</summary>
/// <param name="Type">What it is: PER, LOC.</param>
/// <param name="Start">Its first word.</param>
/// <param name="End">The word behind its last.</param>
public readonly record struct Entity(string Type, int Start, int End);

/// <summary>Finds the entities that tags of words say.</summary>
public static class Entities
{
    /// <summary>
    /// The entities of a sentence, by the rules of CoNLL's <c>conlleval</c> (Tjong Kim Sang, De Meulder 2003), which <c>seqeval</c> follows
    /// in its default mode: <c>B-</c> and <c>S-</c> begin an entity; <c>E-</c> and <c>S-</c> end one; <c>I-</c> and <c>E-</c> go on with an
    /// entity of their type and begin one where there is none. So BIO, IOB1 and IOBES are all read.
    /// </summary>
    /// <param name="tags"><c>O</c>, or a prefix and a type: <c>B-PER</c>. A prefix alone has the type <c>_</c>.</param>
    /// <exception cref="ArgumentException">A tag is neither.</exception>
    public static IReadOnlyList<Entity> Of(IReadOnlyList<string> tags)
    {
        ArgumentNullException.ThrowIfNull(tags);
        var (entities, start, type) = (new List<Entity>(), -1, "");
        for (var i = 0; i < tags.Count; i++)
        {
            var (prefix, named) = Split(tags[i], i);
            var goesOn = start >= 0 && prefix is 'I' or 'E' && named == type;
            if (start >= 0 && !goesOn) End(i);
            if (prefix == 'O') continue;
            if (!goesOn) (start, type) = (i, named);
            if (prefix is 'E' or 'S') End(i + 1);
        }
        if (start >= 0) End(tags.Count);
        return entities;

        void End(int behind)
        {
            entities.Add(new(type, start, behind));
            start = -1;
        }
    }

    private static (char Prefix, string Type) Split(string tag, int at) => tag switch
    {
        "O" => ('O', ""),
        "B" or "I" or "E" or "S" => (tag[0], "_"),
        ['B' or 'I' or 'E' or 'S', '-', _, ..] => (tag[0], tag[2..]),
        _ => throw new ArgumentException($"Entities: the tag \"{tag}\" of word {at} is neither O nor begins with B-, I-, E- or S-. "
            + "Convert the tags to BIO.", nameof(tag)),
    };
}
