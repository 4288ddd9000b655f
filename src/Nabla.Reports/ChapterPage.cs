using System.Globalization;
using System.Net;
using System.Text;

namespace Nabla.Reports;

/// <summary>One chapter of a report, written from top to bottom.</summary>
/// <param name="number">Its number, on the page and in its figures' names.</param>
/// <param name="title">Its heading.</param>
public sealed class ChapterPage(int number, string title)
{
    readonly StringBuilder body = new();
    int figures;

    /// <summary>Its number, on the page and in its figures' names.</summary>
    public int Number => number;

    /// <summary>Its heading.</summary>
    public string Title => title;

    /// <summary>Where it is on the page.</summary>
    public string Anchor => $"chapter-{number}";

    /// <summary>What has been written so far, as HTML.</summary>
    public string Html => body.ToString();

    /// <summary>A heading within the chapter.</summary>
    public void Section(string heading) => body.Append($"<h3>{Text(heading)}</h3>\n");

    /// <summary>A paragraph. <c>`code`</c> and <c>$formula$</c> may stand in it.</summary>
    public void Paragraph(string text) => body.Append($"<p>{Rich(text)}</p>\n");

    /// <summary>The idea of the chapter, set larger.</summary>
    public void Idea(string text) => body.Append($"<p class=\"idea\">{Rich(text)}</p>\n");

    /// <summary>A formula on a line of its own.</summary>
    public void Formula(string formula) => body.Append($"<div class=\"formula\">{MathMl.Display(formula)}</div>\n");

    /// <summary>Program text.</summary>
    public void Code(string text) => body.Append($"<pre><code>{Text(text)}</code></pre>\n");

    /// <summary>A plot with its caption. The title says what one sees, for those who do not.</summary>
    public void Plot(Plot plot, string title, string caption, double width = 720, double height = 400)
    {
        var name = NextFigure();
        Figure(name, plot.ToSvg(name, title, width, height), caption);
    }

    /// <summary>Two plots side by side under one caption.</summary>
    public void Plots(Plot left, string leftTitle, Plot right, string rightTitle, string caption)
    {
        const double width = 390, height = 340;
        var name = NextFigure();
        Figure(name, $"<div class=\"pair\">{left.ToSvg(name + "-left", leftTitle, width, height)}{right.ToSvg(name + "-right", rightTitle, width, height)}</div>", caption);
    }

    /// <summary>A drawing of the chapter's own: one SVG element or other HTML.</summary>
    public void Drawing(string html, string caption) => Figure(NextFigure(), html, caption);

    /// <summary>A table; cells may hold <c>$formula$</c>. Columns after the first are numbers unless said otherwise.</summary>
    public void Table(string[] columns, IEnumerable<string[]> rows, bool numbers = true)
    {
        body.Append($"<div class=\"table\"><table{(numbers ? " class=\"numbers\"" : "")}><thead><tr>");
        foreach (var column in columns) body.Append($"<th>{Rich(column)}</th>");
        body.Append("</tr></thead><tbody>\n");
        foreach (var row in rows) body.Append("<tr>").AppendJoin("", row.Select((cell, i) => $"<td>{Rich(numbers && i > 0 ? Signed(cell) : cell)}</td>")).Append("</tr>\n");
        body.Append("</tbody></table></div>\n");
    }

    /// <summary>A number below 0 with a minus for its hyphen.</summary>
    static string Signed(string cell) => cell.Length > 1 && cell[0] == '-' && char.IsAsciiDigit(cell[1]) ? $"−{cell[1..]}" : cell;

    /// <summary>What a reader should see in the numbers.</summary>
    public void Notice(params ReadOnlySpan<string> points)
    {
        body.Append("<aside class=\"notice\"><h3>What to notice</h3><ul>");
        foreach (var point in points) body.Append($"<li>{Rich(point)}</li>");
        body.Append("</ul></aside>\n");
    }

    /// <summary>What the run itself checked.</summary>
    public void Checks(IEnumerable<(string Claim, bool Holds)> checks)
    {
        body.Append("<ul class=\"checks\">");
        foreach (var (claim, holds) in checks) body.Append($"<li class=\"{(holds ? "holds" : "fails")}\">{Rich(claim)}</li>");
        body.Append("</ul>\n");
    }

    string NextFigure() => string.Create(CultureInfo.InvariantCulture, $"figure-{number}-{++figures}");

    void Figure(string name, string html, string caption) =>
        body.Append($"<figure id=\"{name}\">{html}<figcaption><b>Figure {number}.{figures}</b> {Rich(caption)}</figcaption></figure>\n");

    static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Every second piece between backticks is code, between dollars a formula.</summary>
    static string Rich(string text)
    {
        var html = new StringBuilder();
        var code = text.Split('`');
        for (var i = 0; i < code.Length; i++)
        {
            if (i % 2 == 1)
            {
                html.Append($"<code>{Text(code[i])}</code>");
                continue;
            }
            var math = code[i].Split('$');
            for (var j = 0; j < math.Length; j += 2)
            {
                html.Append(Text(math[j]));
                if (j + 1 == math.Length) break;
                var formula = MathMl.Inline(math[j + 1]);
                // A comma behind a formula does not begin a line.
                if (j + 2 < math.Length && math[j + 2] is [',' or '.' or ';' or ':' or ')' or '?', ..] rest)
                {
                    html.Append($"<span style=\"white-space:nowrap\">{formula}{rest[0]}</span>");
                    math[j + 2] = rest[1..];
                }
                else
                {
                    html.Append(formula);
                }
            }
        }
        return html.ToString();
    }
}
