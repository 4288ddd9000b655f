using System.Text.RegularExpressions;

namespace Nabla.Metrics;

/// <summary>The words of NIST's mteval-v13a script, by which machine translation is usually scored; sacrebleu's <c>13a</c> (Post 2018).</summary>
public static partial class MtevalTokens
{
    /// <summary>The words of a text: marks are words of their own, but for a full stop or comma within a number, and for hyphens and apostrophes, unless a digit is before the hyphen.</summary>
    public static string[] Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = text.Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal).Replace('\n', ' ');
        line = line.Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        line = Marks().Replace($" {line} ", " $0 ");
        line = StopAfterOther().Replace(line, "$1 $2 ");
        line = StopBeforeOther().Replace(line, " $1 $2");
        line = HyphenAfterDigit().Replace(line, "$1 $2 ");
        return line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>All ASCII marks but ' , - and the full stop.</summary>
    [GeneratedRegex("""[\{-~\[-` -&\(-\+:-@/]""")]
    private static partial Regex Marks();

    [GeneratedRegex("([^0-9])([.,])")]
    private static partial Regex StopAfterOther();

    [GeneratedRegex("([.,])([^0-9])")]
    private static partial Regex StopBeforeOther();

    [GeneratedRegex("([0-9])(-)")]
    private static partial Regex HyphenAfterDigit();
}
