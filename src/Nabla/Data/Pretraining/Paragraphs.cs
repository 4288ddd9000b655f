using System.Text;

namespace Nabla.Data;

/// <summary>Paragraphs of a text whose lines may have been broken anywhere.</summary>
internal static class Paragraphs
{
    /// <summary>Lines between blank lines, each joined to one text: by a space, but by nothing between two CJK characters.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<string> lines)
    {
        var paragraph = new StringBuilder();
        foreach (var line in lines.Select(line => line.Trim()).Append(""))
        {
            if (line.Length == 0 && paragraph.Length > 0)
            {
                yield return paragraph.ToString();
                paragraph.Clear();
            }
            if (line.Length > 0 && paragraph.Length > 0 && !(IsWide(paragraph[^1]) && IsWide(line[0]))) paragraph.Append(' ');
            paragraph.Append(line);
        }
    }

    /// <summary>The scripts of China and Japan and their punctuation, which put no spaces between words.</summary>
    private static bool IsWide(char character) =>
        character is (>= '\u2E80' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF') or (>= '\uFF00' and <= '\uFF60');
}
