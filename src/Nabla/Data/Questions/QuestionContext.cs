using System.Text;

namespace Nabla.Data;

/// <summary>A context whose positions are counted in Unicode scalars, as Python counts them.</summary>
internal sealed class QuestionContext(string text)
{
    /// <summary>Of each scalar, its position in UTF-16; null where all take up one code unit.</summary>
    private readonly int[]? positions = text.Any(char.IsSurrogate) ? Positions(text) : null;

    public string Text => text;

    /// <summary>Where an answer is, or −1 and what is in its place.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="start">Where it begins, in scalars.</param>
    public (int Start, string Found) Find(string answer, long start)
    {
        var length = positions?.Length ?? text.Length;
        if (start < 0 || start > length) return (-1, "");
        var at = positions is null ? (int)start : start == length ? text.Length : positions[start];
        return string.CompareOrdinal(text, at, answer, 0, answer.Length) == 0 ? (at, answer)
            : (-1, text.Substring(at, Math.Min(answer.Length, text.Length - at)));
    }

    private static int[] Positions(string text)
    {
        var (positions, at) = (new List<int>(text.Length), 0);
        foreach (var rune in text.EnumerateRunes())
        {
            positions.Add(at);
            at += rune.Utf16SequenceLength;
        }
        return [.. positions];
    }
}
