using System.Net;
using System.Text;

namespace Nabla.Cli.Tour;

/// <summary>Draws chapter 11: the sum of three embeddings, and what heads attend to, token by token.</summary>
static class BertDrawing
{
    /// <summary>Steps of a colour from nothing to full.</summary>
    const int Levels = 10;

    /// <summary>The three embeddings of each token and their normalised sum: a row for each token, a column for each number.</summary>
    public static string Embeddings(EmbeddingSteps steps, int numbers)
    {
        const int left = 74, top = 24, row = 20, gap = 22, cell = 4;
        var (count, wide) = (steps.Tokens.Count, numbers * cell);
        (string Title, float[,] Values, string Sign)[] parts =
        [
            ("token", steps.Token, "+"), ("position", steps.Position, "+"), ("segment", steps.Segment, "→"),
            ("sum, LayerNorm", steps.Result, ""),
        ];
        var (width, height) = (left + (parts.Length * (wide + gap)) - gap, top + (count * row));
        var svg = Begin(width, height, "Token, position and segment embeddings of each token, and their normalised sum");
        for (var i = 0; i < count; i++) Words(svg, left - 8, top + ((i + 0.5) * row) + 4, steps.Tokens[i], "end");
        for (var part = 0; part < parts.Length; part++)
        {
            var x = left + (part * (wide + gap));
            Words(svg, x + (wide / 2.0), 14, parts[part].Title, "middle", "muted");
            Grid(svg, parts[part].Values, numbers, x, top, cell, row);
            Words(svg, x + wide + (gap / 2.0), top + (count * row / 2.0) + 4, parts[part].Sign, "middle", "muted");
        }
        return svg.Append("</svg>").ToString();
    }

    /// <summary>
    /// Some heads large, with the tokens along both sides: weights [tokens, tokens], rows attend to columns. A head's largest weight is the
    /// darkest.
    /// </summary>
    public static string Heads(IReadOnlyList<string> tokens, IReadOnlyList<(string Title, Tensor Weights)> heads)
    {
        const int side = 290, left = 66, top = 84, step = 376;
        var cell = (double)side / tokens.Count;
        var svg = Begin(heads.Count * step, top + side + 6, "What some heads attend to, token by token");
        for (var head = 0; head < heads.Count; head++)
        {
            var x = left + (head * step);
            var (weights, title) = (heads[head].Weights, heads[head].Title);
            Words(svg, x + (side / 2.0), 14, title, "middle");
            ConvolutionDrawing.Picture(svg, weights, x, top, side, weights.Max().Item());
            for (var i = 0; i < tokens.Count; i++)
            {
                var middle = (i + 0.5) * cell;
                Words(svg, x - 6, top + middle + 3.5, tokens[i], "end", size: 10);
                Words(svg, x + middle + 3.5, top - 6, tokens[i], "start", size: 10, turned: true);
            }
        }
        return svg.Append("</svg>").ToString();
    }

    /// <summary>
    /// The first numbers of each row, blue above 0 and red below, relative to the largest. All cells of one colour are one path.
    /// </summary>
    static void Grid(StringBuilder svg, float[,] values, int numbers, int x, int y, int width, int height)
    {
        var largest = 0.0f;
        for (var i = 0; i < values.GetLength(0); i++)
            for (var j = 0; j < numbers; j++) largest = Math.Max(largest, Math.Abs(values[i, j]));
        var cells = Enumerable.Range(0, values.GetLength(0)).SelectMany(i => Enumerable.Range(0, numbers).Select(j =>
            (Row: i, Column: j, Level: (int)Math.Round(values[i, j] / largest * Levels))));
        foreach (var level in cells.Where(cell => cell.Level != 0).GroupBy(cell => cell.Level).OrderBy(level => level.Key))
        {
            var (ink, opacity) = (level.Key > 0 ? "blue" : "red", Math.Abs((double)level.Key) / Levels);
            var style = Invariant($"fill:var(--{ink});fill-opacity:{opacity:0.#}");
            svg.Append($"<path shape-rendering=\"crispEdges\" style=\"{style}\" d=\"");
            foreach (var cell in level)
                svg.Append(Invariant($"M{x + (cell.Column * width)} {y + (cell.Row * height)}h{width}v{height - 2}h-{width}z"));
            svg.Append("\"/>");
        }
    }

    static StringBuilder Begin(int width, int height, string title) => new(Invariant(
        $"""<svg viewBox="0 0 {width} {height}" style="max-width:{width}px" role="img"><title>{title}</title>"""));

    static void Words(
        StringBuilder svg, double x, double y, string words, string anchor, string ink = "ink", int size = 13, bool turned = false) =>
        svg.Append(Invariant($"""<text transform="translate({x:0.#} {y:0.#}){(turned ? " rotate(-90)" : "")}" text-anchor="{anchor}" """))
            .Append(Invariant($"""font-size="{size}" style="fill:var(--{ink})">{WebUtility.HtmlEncode(words)}</text>"""));
}
