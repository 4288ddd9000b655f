using System.Globalization;
using System.Net;
using System.Text;

namespace Nabla.Cli.Tour;

/// <summary>Draws chapter 9: the numbers of one head, and what the heads look at.</summary>
static class AttentionDrawing
{
    const int Row = 19, Label = 20;

    /// <summary>The steps of a head on a text in two rows of matrices, every number in its cell: blue above 0, red below.</summary>
    public static string Steps(string text, AttentionSteps steps)
    {
        var (time, height) = (text.Length, (text.Length * Row) + 52);
        var svg = new StringBuilder(Invariant($"""<svg viewBox="0 0 760 {2 * height}" style="max-width:760px" role="img"><title>Queries, keys, values, scores, weights and results of one head, number by number</title>"""));
        Numbers(svg, 0, 0, text, steps.Queries, 28, "Q: what each looks for");
        Numbers(svg, 256, 0, text, steps.Keys, 28, "K: what it is found by");
        Numbers(svg, 512, 0, text, steps.Values, 28, "V: what it gives");
        Numbers(svg, 0, height, text, steps.Scores, 32, "scores, Q · Kᵀ / √d", columns: text);
        Numbers(svg, 256, height, text, steps.Weights, 32, "weights, softmax", columns: text, digits: 2);
        Numbers(svg, 512, height, text, steps.Result, 28, "result, weights · V");
        return svg.Append("</svg>").ToString();
    }

    static void Numbers(StringBuilder svg, int left, int top, string text, Tensor matrix, int cell, string title, string? columns = null, int digits = 1)
    {
        var (values, width) = (matrix.ToArray<float>(), matrix.Shape[1]);
        var largest = values.Max(Math.Abs);
        Words(svg, left + Label + (width * cell / 2), top + 16, title, 13);
        for (var j = 0; j < width; j++) Words(svg, left + Label + (j * cell) + (cell / 2), top + 33, columns is null ? Invariant($"{j + 1}") : Shown(columns[j]), 11, "muted");
        for (var i = 0; i < text.Length; i++)
        {
            Words(svg, left + 10, top + 52 + (i * Row), Shown(text[i]), 13);
            for (var j = 0; j < width; j++)
            {
                var (value, x, y) = (values[(i * width) + j], left + Label + (j * cell), top + 38 + (i * Row));
                var seen = columns is null || j <= i;
                svg.Append(Invariant($"""<rect x="{x}" y="{y}" width="{cell - 1}" height="{Row - 1}" style="fill:var(--{(value < 0 ? "red" : "blue")});fill-opacity:{(seen ? 0.75 * Math.Abs(value) / largest : 0):0.##};stroke:var(--rule);stroke-width:.5"/>"""));
                // Five signs fill a cell from edge to edge.
                if (seen && Number(value, digits) is var number) Words(svg, x + (cell / 2), y + 13, number, number.Length > 4 ? 9 : 10);
            }
        }
    }

    /// <summary>All heads on a text, a row of small maps for each layer: [heads, time, time] each. Rows of a map look, columns are looked at.</summary>
    public static string Overview(IReadOnlyList<Tensor> layers)
    {
        const int step = 92, picture = 84, left = 64;
        var heads = layers[0].Shape[0];
        var svg = new StringBuilder(Invariant($"""<svg viewBox="0 0 {left + (heads * step)} {24 + (layers.Count * step)}" style="max-width:{left + (heads * step)}px" role="img" shape-rendering="crispEdges"><title>The attention of every head</title>"""));
        for (var head = 0; head < heads; head++) Words(svg, left + (head * step) + (picture / 2), 15, Invariant($"head {head + 1}"), 12, "muted");
        for (var layer = 0; layer < layers.Count; layer++)
        {
            Words(svg, 28, 24 + (layer * step) + (picture / 2), Invariant($"layer {layer + 1}"), 12, "muted");
            for (var head = 0; head < heads; head++) ConvolutionDrawing.Picture(svg, layers[layer][head], left + (head * step), 24 + (layer * step), picture, 1);
        }
        return svg.Append("</svg>").ToString();
    }

    /// <summary>Some heads large, with the text along both sides.</summary>
    public static string Heads(string text, IReadOnlyList<(string Title, Tensor Weights)> heads)
    {
        const int side = 330, left = 18, top = 44, step = 374;
        var cell = (double)side / text.Length;
        var svg = new StringBuilder(Invariant($"""<svg viewBox="0 0 {heads.Count * step} {top + side + 8}" style="max-width:{heads.Count * step}px" role="img"><title>What some heads look at, character by character</title>"""));
        for (var head = 0; head < heads.Count; head++)
        {
            var x = left + (head * step);
            Words(svg, x + (side / 2), 14, heads[head].Title, 13);
            ConvolutionDrawing.Picture(svg, heads[head].Weights, x, top, side, 1);
            for (var i = 0; i < text.Length; i++)
            {
                Words(svg, x - 8, top + ((i + 0.5) * cell) + 3.5, Shown(text[i]), 10);
                Words(svg, x + ((i + 0.5) * cell), top - 5, Shown(text[i]), 10);
            }
        }
        return svg.Append("</svg>").ToString();
    }

    /// <summary>Rounded, a zero without a sign.</summary>
    static string Number(double value, int digits) => (Math.Round(value, digits) + 0.0).ToString($"F{digits}", CultureInfo.InvariantCulture).Replace('-', '−');

    /// <summary>A character as one sees it: a space is ␣.</summary>
    public static string Shown(char character) => character == ' ' ? "␣" : WebUtility.HtmlEncode(character.ToString());

    static void Words(StringBuilder svg, double x, double y, string words, int size, string ink = "ink") =>
        svg.Append(Invariant($"""<text x="{x:0.#}" y="{y:0.#}" text-anchor="middle" font-size="{size}" style="fill:var(--{ink})">{words}</text>"""));
}
