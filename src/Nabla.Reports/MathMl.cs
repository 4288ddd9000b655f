using System.Globalization;
using System.Net;
using System.Text;

namespace Nabla.Reports;

/// <summary>
/// Turns a formula as the field writes it, <c>L(w, b) = \frac{1}{n} \sum_{i=1}^n (w x_i + b − y_i)^2</c>, into MathML that browsers draw by themselves:
/// <c>_</c> and <c>^</c> for scripts, braces for groups, <c>\frac</c>, <c>\sqrt</c>, <c>\hat</c>, <c>\bar</c>, <c>\sum</c>, <c>\text</c>, and names of functions.
/// </summary>
sealed class MathMl
{
    readonly string source;
    int at;

    MathMl(string source) => this.source = source;

    /// <summary>The formula on a line of its own; its parts, which <c>\quad</c> lies between, on several where the page is narrow.</summary>
    public static string Display(string formula) => string.Concat(formula.Split(@"\quad").Select(part => $"""<math display="block">{new MathMl(part).Row('\0')}</math>"""));

    /// <summary>The formula within a line of text.</summary>
    public static string Inline(string formula) => $"<math>{new MathMl(formula).Row('\0')}</math>";

    string Row(char end)
    {
        var row = new StringBuilder("<mrow>");
        // A minus at the start or after an operator is a sign: it stands close to its number.
        var signed = true;
        for (SkipSpace(); at < source.Length && source[at] != end; SkipSpace())
        {
            var isOperator = source[at] is not ('\\' or '{' or ')' or ']') && !char.IsLetterOrDigit(source[at]);
            row.Append(signed && source[at] == '-' ? Sign() : Scripted());
            signed = isOperator;
        }
        if (end != '\0' && at++ >= source.Length) throw new FormatException($"A closing {end} is missing: {source}");
        return row.Append("</mrow>").ToString();
    }

    string Sign()
    {
        at++;
        return "<mo form=\"prefix\">−</mo>";
    }

    /// <summary>An atom with what stands below and above it.</summary>
    string Scripted()
    {
        var tall = At(@"\sum") || At(@"\max");
        var atom = Atom();
        string? below = null, above = null;
        for (SkipSpace(); at < source.Length && source[at] is '_' or '^'; SkipSpace())
        {
            if (source[at++] == '_') below = Atom();
            else above = Atom();
        }
        return (below, above) switch
        {
            (null, null) => atom,
            (_, null) => tall ? $"<munder>{atom}{below}</munder>" : $"<msub>{atom}{below}</msub>",
            (null, _) => $"<msup>{atom}{above}</msup>",
            _ => tall ? $"<munderover>{atom}{below}{above}</munderover>" : $"<msubsup>{atom}{below}{above}</msubsup>",
        };
    }

    string Atom()
    {
        SkipSpace();
        if (at >= source.Length) throw new FormatException($"Something is missing at the end: {source}");
        var first = source[at];
        if (first == '\\') return Command();
        if (first == '{')
        {
            at++;
            return Row('}');
        }
        if (char.IsAsciiDigit(first)) return $"<mn>{While(c => char.IsAsciiDigit(c) || c is '.' or ',' && at + 1 < source.Length && char.IsAsciiDigit(source[at + 1]))}</mn>";
        at++;
        if (char.IsLetter(first)) return $"<mi>{first}</mi>";
        return $"<mo>{WebUtility.HtmlEncode(first == '-' ? "−" : first.ToString())}</mo>";
    }

    string Command()
    {
        at++;
        var name = While(char.IsLetter);
        return name switch
        {
            "frac" => $"<mfrac>{Atom()}{Atom()}</mfrac>",
            "sqrt" => $"<msqrt>{Atom()}</msqrt>",
            "hat" => Above("^"),
            "bar" => Above("‾"),
            "sum" => "<mo>∑</mo>",
            "text" => $"<mtext>{WebUtility.HtmlEncode(Braced())}</mtext>",
            "partial" => "<mi>∂</mi>",
            "cdot" => "<mo>·</mo>",
            "quad" => "<mspace width=\"1.5em\"/>",
            "" => throw new FormatException($"A name must follow the backslash: {source}"),
            _ => $"<mi>{name}</mi>",
        };
    }

    /// <summary>Not as an accent: without a font for formulas those touch the letter.</summary>
    string Above(string mark) => $"<mover>{Atom()}<mo stretchy=\"false\">{mark}</mo></mover>";

    string Braced()
    {
        SkipSpace();
        var end = source.IndexOf('}', at);
        if (at >= source.Length || source[at] != '{' || end < 0) throw new FormatException($"\\text needs {{braces}}: {source}");
        var text = source[(at + 1)..end];
        at = end + 1;
        return text;
    }

    string While(Func<char, bool> belongs)
    {
        var start = at;
        while (at < source.Length && belongs(source[at])) at++;
        return source[start..at];
    }

    bool At(string word) => string.CompareOrdinal(source, at, word, 0, word.Length) == 0;

    void SkipSpace()
    {
        while (at < source.Length && char.IsWhiteSpace(source[at])) at++;
    }

    /// <summary>A number as a formula shows it.</summary>
    public static string Number(double value, string format = "0.####") => value.ToString(format, CultureInfo.InvariantCulture);
}
