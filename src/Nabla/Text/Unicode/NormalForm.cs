using System.Text;

namespace Nabla.Text;

/// <summary>The normal forms of Unicode (UAX #15), over characters that remember where they come from.</summary>
internal static class NormalForm
{
    // Hangul syllables are computed (Unicode 15.0, §3.12).
    private const int SyllableBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7, Leads = 19, Vowels = 21, Trails = 28;

    /// <summary>NFD, NFC, NFKD or NFKC.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="compatibly">Whether compatibility decompositions count: the K.</param>
    /// <param name="composes">Whether what was decomposed is composed again: the C.</param>
    public static AlignedText Of(AlignedText text, bool compatibly, bool composes)
    {
        var table = Decompositions.Instance;
        var characters = new List<AlignedRune>(text.Length);
        foreach (var rune in text.Runes()) Decompose(table, rune, compatibly, characters);
        Order(table, characters);
        if (composes) Compose(table, characters);
        return AlignedText.Of(characters, text.Source);
    }

    private static void Decompose(Decompositions table, AlignedRune rune, bool compatibly, List<AlignedRune> characters)
    {
        var syllable = rune.Value - SyllableBase;
        if (syllable is >= 0 and < Leads * Vowels * Trails)
        {
            characters.Add(rune with { Value = LeadBase + (syllable / (Vowels * Trails)) });
            characters.Add(rune with { Value = VowelBase + (syllable % (Vowels * Trails) / Trails) });
            if (syllable % Trails > 0) characters.Add(rune with { Value = TrailBase + (syllable % Trails) });
        }
        else if (table.Of(rune.Value, compatibly) is { } parts)
        {
            foreach (var part in parts) Decompose(table, rune with { Value = part }, compatibly, characters);
        }
        else characters.Add(rune);
    }

    /// <summary>Sorts each group of combining characters by their classes, those of one class in their order.</summary>
    private static void Order(Decompositions table, List<AlignedRune> characters)
    {
        for (var start = 0; start < characters.Count;)
        {
            if (table.ClassOf(characters[start].Value) == 0)
            {
                start++;
                continue;
            }
            var end = start + 1;
            while (end < characters.Count && table.ClassOf(characters[end].Value) != 0) end++;
            if (end - start > 1)
            {
                var sorted = characters.GetRange(start, end - start).OrderBy(rune => table.ClassOf(rune.Value)).ToArray();
                for (var i = start; i < end; i++) characters[i] = sorted[i - start];
            }
            start = end;
        }
    }

    /// <summary>Joins each character with the last that begins a group, where the two make one and nothing stands between them that blocks.</summary>
    private static void Compose(Decompositions table, List<AlignedRune> characters)
    {
        var (kept, starter, before) = (0, -1, 0);
        for (var i = 0; i < characters.Count; i++)
        {
            var rune = characters[i];
            var combining = table.ClassOf(rune.Value);
            var isNext = starter >= 0 && starter == kept - 1;
            if (starter >= 0 && (isNext || before < combining) && (isNext || before != 0) && Join(table, characters[starter].Value, rune.Value) is { } composed)
            {
                characters[starter] = new(composed, Math.Min(characters[starter].Start, rune.Start), Math.Max(characters[starter].End, rune.End));
                continue;
            }
            (starter, before) = combining == 0 ? (kept, 0) : (starter, combining);
            characters[kept++] = rune;
        }
        characters.RemoveRange(kept, characters.Count - kept);
    }

    private static int? Join(Decompositions table, int first, int second)
    {
        if (first - LeadBase is >= 0 and < Leads && second - VowelBase is >= 0 and < Vowels) return SyllableBase + ((((first - LeadBase) * Vowels) + second - VowelBase) * Trails);
        if (first - SyllableBase is >= 0 and < Leads * Vowels * Trails && (first - SyllableBase) % Trails == 0 && second - TrailBase is > 0 and < Trails) return first + second - TrailBase;
        return table.TryCompose(first, second, out var composed) ? composed : null;
    }
}
