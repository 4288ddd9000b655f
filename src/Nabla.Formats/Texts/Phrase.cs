namespace Nabla.Formats;

/// <summary>Parts of messages.</summary>
internal static class Phrase
{
    /// <summary>A text on one line, cut to a length.</summary>
    public static string Shorten(string text, int length = 40)
    {
        var line = string.Join(' ', text.Split((char[])['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= length ? line : $"{line[..(char.IsHighSurrogate(line[length - 1]) ? length - 1 : length)]}…";
    }

    /// <summary>"1 row", "2 rows".</summary>
    public static string Count(long count, string noun, string? plural = null) =>
        FormattableString.Invariant($"{count:n0} {(count == 1 ? noun : plural ?? noun + "s")}");

    /// <summary>A list of names, cut after some.</summary>
    public static string List(IReadOnlyList<string> names, int most = 10) =>
        string.Join(", ", names.Take(most)) + (names.Count > most ? ", …" : "");

    public static string Separator(char separator) => separator == '\t' ? "tab" : $"\"{separator}\"";
}
