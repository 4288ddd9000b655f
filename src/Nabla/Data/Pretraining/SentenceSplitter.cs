using System.Collections.Frozen;

namespace Nabla.Data;

/// <summary>
/// Cuts English, Chinese and similarly punctuated text into sentences by rules. A sentence ends
/// <list type="bullet">
/// <item>behind 。！？｡ and the closing quotes and brackets that follow;</item>
/// <item>behind . ! ? … and the closing quotes and brackets that follow, where white space comes next and then no lower-case letter;</item>
/// <item>but not behind the full stop of an abbreviation that stands before a name or a number (Mr., Gen., No.), of an initial
/// (J. F. Kennedy) or of letters with points between them (U.S., e.g.).</item>
/// </list>
/// The rules prefer too few ends: two sentences that stay together do no harm to pretraining.
/// </summary>
public static class SentenceSplitter
{
    private const string Spaced = ".!?…", Ideographic = "。！？｡";
    private const string Closers = "\"'”’)]}»›」』）】》〉";

    private static readonly FrozenSet<string> Abbreviations = FrozenSet.Create(
        StringComparer.Ordinal,
        "Mr", "Mrs", "Ms", "Messrs", "Dr", "Prof", "Rev", "Hon", "St", "Mt", "Gen", "Col", "Maj", "Capt", "Lt", "Lieut", "Sgt", "Adm",
        "Gov", "Sen", "Rep", "Pres", "No", "Nos", "Art", "Sec", "Fig", "Vol", "vs", "viz", "cf", "fig", "vol", "pp", "sec",
        "Jan", "Feb", "Aug", "Sept", "Oct", "Nov", "Dec");

    /// <summary>The sentences of a text in order, without white space at their ends. What has no end mark is one sentence.</summary>
    /// <param name="text">A paragraph or more: a line break is white space like any other.</param>
    public static IEnumerable<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Sentences(text);
    }

    private static IEnumerable<string> Sentences(string text)
    {
        var (start, at) = (0, 0);
        while (text.AsSpan(at).IndexOfAny(Spaced + Ideographic) is >= 0 and var before)
        {
            var mark = at + before;
            at = PastMarks(text, mark);
            if (!Ends(text, mark, at)) continue;
            if (text.AsSpan(start, at - start).Trim() is { IsEmpty: false } sentence) yield return sentence.ToString();
            start = at;
        }
        if (text.AsSpan(start).Trim() is { IsEmpty: false } rest) yield return rest.ToString();
    }

    /// <summary>The place behind the marks that stand together here and behind what closes with them.</summary>
    private static int PastMarks(string text, int at)
    {
        while (at < text.Length && (Spaced + Ideographic).Contains(text[at])) at++;
        while (at < text.Length && Closers.Contains(text[at])) at++;
        return at;
    }

    /// <summary>Whether a sentence ends with the marks from <paramref name="mark"/> to <paramref name="end"/>.</summary>
    private static bool Ends(string text, int mark, int end)
    {
        if (text.AsSpan(mark, end - mark).ContainsAny(Ideographic)) return true;
        if (end < text.Length && !char.IsWhiteSpace(text[end])) return false;
        var next = end;
        while (next < text.Length && char.IsWhiteSpace(text[next])) next++;
        if (next < text.Length && char.IsLower(text[next])) return false;
        return next == text.Length || text[mark] != '.' || end - mark > 1 || !IsAbbreviated(text, mark);
    }

    /// <summary>Whether the word before the full stop is an abbreviation.</summary>
    private static bool IsAbbreviated(string text, int stop)
    {
        var start = stop;
        while (start > 0 && (char.IsLetter(text[start - 1]) || text[start - 1] == '.')) start--;
        var word = text.AsSpan(start, stop - start);
        return (word.Length == 1 && char.IsUpper(word[0]) && word[0] != 'I') || word.Contains('.')
            || Abbreviations.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);
    }
}
