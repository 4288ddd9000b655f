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
    /// <param name="whole">A character that is not taken apart.</param>
    public static AlignedText Of(AlignedText text, bool compatibly, bool composes, int whole = -1)
    {
        var table = Decompositions.Instance;
        var parts = new List<Part>(text.Length);
        foreach (var rune in text.Runes())
        {
            if (rune.Value == whole) parts.Add(new(rune, IsFirst: true));
            else Decompose(table, rune, compatibly, parts);
        }
        var characters = Order(table, parts) ? InOrder(text, parts) : parts.ConvertAll(part => part.Rune);
        if (composes) Compose(table, characters);
        return AlignedText.Of(characters, text.Source);
    }

    /// <summary>A part of a character.</summary>
    /// <param name="Rune">The part.</param>
    /// <param name="IsFirst">Whether it is the first of its character.</param>
    private readonly record struct Part(AlignedRune Rune, bool IsFirst);

    private static void Decompose(Decompositions table, AlignedRune rune, bool compatibly, List<Part> parts)
    {
        var before = parts.Count;
        void Add(AlignedRune whole)
        {
            var syllable = whole.Value - SyllableBase;
            if (syllable is >= 0 and < Leads * Vowels * Trails)
            {
                One(LeadBase + (syllable / (Vowels * Trails)));
                One(VowelBase + (syllable % (Vowels * Trails) / Trails));
                if (syllable % Trails > 0) One(TrailBase + (syllable % Trails));
            }
            else if (table.Of(whole.Value, compatibly) is { } inner)
            {
                foreach (var part in inner) Add(rune with { Value = part });
            }
            else One(whole.Value);
        }
        void One(int value) => parts.Add(new(rune with { Value = value }, parts.Count == before));
        Add(rune);
    }

    /// <summary>Sorts each group of combining characters by their classes, those of one class in their order. Returns whether that moved any.</summary>
    private static bool Order(Decompositions table, List<Part> parts)
    {
        var moved = false;
        for (var start = 0; start < parts.Count;)
        {
            if (table.ClassOf(parts[start].Rune.Value) == 0)
            {
                start++;
                continue;
            }
            var end = start + 1;
            while (end < parts.Count && table.ClassOf(parts[end].Rune.Value) != 0) end++;
            if (end - start > 1)
            {
                var sorted = parts.GetRange(start, end - start).OrderBy(part => table.ClassOf(part.Rune.Value)).ToArray();
                for (var i = start; i < end; i++)
                {
                    moved |= parts[i] != sorted[i - start];
                    parts[i] = sorted[i - start];
                }
            }
            start = end;
        }
        return moved;
    }

    /// <summary>
    /// Characters that have changed places, with parts of the text that have not: as in Hugging Face's library, each first part of a character comes from the next character of the text, and a further
    /// part from the one that was last taken.
    /// </summary>
    private static List<AlignedRune> InOrder(AlignedText text, List<Part> parts)
    {
        AlignedRune[] characters = [.. text.Runes()];
        var next = 0;
        return parts.ConvertAll(part =>
        {
            if (part.IsFirst) next++;
            var from = characters[Math.Max(0, next - 1)];
            return part.Rune with { Start = from.Start, End = from.End };
        });
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
