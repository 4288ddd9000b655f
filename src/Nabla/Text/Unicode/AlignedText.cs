using System.Text;

namespace Nabla.Text;

/// <summary>A character, or half of a surrogate pair that stands alone, and which part of a text it comes from.</summary>
/// <param name="Value">Its number.</param>
/// <param name="Start">Where the part begins, in UTF-16 code units.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct AlignedRune(int Value, int Start, int End);

/// <summary>A text that was made of another, whose characters know what they come from.</summary>
internal sealed class AlignedText
{
    private readonly int[] starts, ends;

    private AlignedText(string text, int[] starts, int[] ends, string source) => (Text, this.starts, this.ends, Source) = (text, starts, ends, source);

    /// <summary>A part of a text, as it is.</summary>
    public AlignedText(string source, int start, int end)
    {
        (Source, Text, starts, ends) = (source, source[start..end], new int[end - start], new int[end - start]);
        for (var i = 0; i < starts.Length; i++)
        {
            // Both halves of a pair come from the whole pair.
            var isSecond = i > 0 && char.IsSurrogatePair(Text[i - 1], Text[i]);
            var isFirst = i + 1 < Text.Length && char.IsSurrogatePair(Text[i], Text[i + 1]);
            (starts[i], ends[i]) = (start + i - (isSecond ? 1 : 0), start + i + (isFirst ? 2 : 1));
        }
    }

    /// <summary>What it has become.</summary>
    public string Text { get; }

    /// <summary>What it was made of.</summary>
    public string Source { get; }

    public int Length => Text.Length;

    /// <summary>Where a part of it begins in the source.</summary>
    public int StartOf(int at) => starts[at];

    /// <summary>Where the part that ends before a place ends in the source.</summary>
    public int EndOf(int end) => ends[end - 1];

    /// <summary>A part of it.</summary>
    public AlignedText this[Range range] => new(Text[range], starts[range], ends[range], Source);

    /// <summary>The text with something before it that comes from nowhere: as in Hugging Face's library, its part of the source is that of the first character.</summary>
    public AlignedText Prepend(string prefix) => Length == 0 ? this
        : new(prefix + Text, [.. Enumerable.Repeat(starts[0], prefix.Length), .. starts], [.. Enumerable.Repeat(ends[0], prefix.Length), .. ends], Source);

    /// <summary>The text with another in place of each occurrence of one, from the left; what is put there comes from the whole occurrence.</summary>
    public AlignedText Replace(string sought, string content)
    {
        if (!Text.Contains(sought, StringComparison.Ordinal)) return this;
        var (text, from, to, start) = (new StringBuilder(), new List<int>(Length), new List<int>(Length), 0);
        for (int at; (at = Text.IndexOf(sought, start, StringComparison.Ordinal)) >= 0; start = at + sought.Length)
        {
            Keep(at);
            text.Append(content);
            from.AddRange(Enumerable.Repeat(starts[at], content.Length));
            to.AddRange(Enumerable.Repeat(ends[at + sought.Length - 1], content.Length));
        }
        Keep(Length);
        return new(text.ToString(), [.. from], [.. to], Source);

        void Keep(int end)
        {
            text.Append(Text, start, end - start);
            from.AddRange(starts[start..end]);
            to.AddRange(ends[start..end]);
        }
    }

    /// <summary>Its characters.</summary>
    public IEnumerable<AlignedRune> Runes()
    {
        for (var i = 0; i < Text.Length;)
        {
            var length = i + 1 < Text.Length && char.IsSurrogatePair(Text[i], Text[i + 1]) ? 2 : 1;
            yield return new(length == 2 ? char.ConvertToUtf32(Text[i], Text[i + 1]) : Text[i], starts[i], ends[i]);
            i += length;
        }
    }

    /// <summary>The text of characters.</summary>
    public static AlignedText Of(IReadOnlyCollection<AlignedRune> runes, string source)
    {
        var text = new StringBuilder(runes.Count);
        var (starts, ends) = (new List<int>(runes.Count), new List<int>(runes.Count));
        foreach (var (value, start, end) in runes)
        {
            if (value > char.MaxValue) text.Append(char.ConvertFromUtf32(value));
            else text.Append((char)value);
            while (starts.Count < text.Length)
            {
                starts.Add(start);
                ends.Add(end);
            }
        }
        return new(text.ToString(), [.. starts], [.. ends], source);
    }
}
