using System.Net;
using System.Text;

namespace Nabla.Cli.Tour;

/// <summary>Draws chapter 10: the codes of positions, and what each phoneme is read from.</summary>
static class TransformerDrawing
{
    /// <summary>The codes of positions: [positions, width]. A row for each number of the code, a column for each position; blue above 0, red below.</summary>
    public static string Positions(Tensor codes)
    {
        const int cell = 6, left = 54, top = 22;
        var (positions, width, values) = (codes.Shape[0], codes.Shape[1], codes.ToArray<float>());
        var svg = new StringBuilder(Invariant($"""<svg viewBox="0 0 {left + (positions * cell)} {top + (width * cell) + 26}" style="max-width:{left + (positions * cell)}px" role="img" shape-rendering="crispEdges"><title>The code of each position</title>"""));
        for (var position = 0; position < positions; position++)
        for (var i = 0; i < width; i++)
            Cell(svg, left + (position * cell), top + (i * cell), cell, cell, values[(position * width) + i]);
        for (var position = 0; position < positions; position += 10) Words(svg, left + ((position + 0.5) * cell), 15, Invariant($"{position}"), "middle", "muted");
        foreach (var i in (int[])[0, width / 2, width - 1]) Words(svg, left - 6, top + ((i + 0.5) * cell) + 4, Invariant($"{i + 1}"), "end", "muted");
        Words(svg, left + (positions * cell / 2.0), top + (width * cell) + 18, "position across, number of the code down", "middle", "muted");
        return svg.Append("</svg>").ToString();
    }

    /// <summary>Words side by side with their pronunciations: rows write, columns are looked at.</summary>
    public static string Alignments(IReadOnlyList<(string Word, string Pronunciation, Tensor Weights)> words)
    {
        const int cell = 26, left = 44, top = 50;
        var places = words.Select(word => left + ((word.Word.Length + 1) * cell) + 24).ToArray();
        var (width, height) = (places.Sum(), top + (words.Max(word => word.Weights.Shape[0]) * cell) + 4);
        var svg = new StringBuilder(Invariant($"""<svg viewBox="0 0 {width} {height}" style="max-width:{width}px" role="img"><title>Which letters each phoneme is read from</title>"""));
        var x = 0;
        for (var i = 0; i < words.Count; x += places[i], i++) Alignment(svg, x + left, top, cell, words[i].Word, words[i].Pronunciation.Split(' '), words[i].Weights);
        return svg.Append("</svg>").ToString();
    }

    static void Alignment(StringBuilder svg, int left, int top, int cell, string word, string[] phonemes, Tensor weights)
    {
        var (rows, columns, values) = (weights.Shape[0], weights.Shape[1], weights.ToArray<float>());
        Words(svg, left + (columns * cell / 2.0), 16, $"{word} → {string.Join(' ', phonemes)}", "middle");
        for (var j = 0; j < columns; j++) Words(svg, left + ((j + 0.5) * cell), top - 7, j < word.Length ? word[j].ToString() : "·", "middle", "muted");
        for (var i = 0; i < rows; i++)
        {
            Words(svg, left - 6, top + ((i + 0.5) * cell) + 4, i < phonemes.Length ? phonemes[i] : "·", "end", "muted");
            for (var j = 0; j < columns; j++) Cell(svg, left + (j * cell), top + (i * cell), cell - 1, cell - 1, values[(i * columns) + j]);
        }
    }

    static void Cell(StringBuilder svg, double x, double y, int width, int height, float value) => svg.Append(
        Invariant($"""<rect x="{x:0.#}" y="{y:0.#}" width="{width}" height="{height}" style="fill:var(--{(value < 0 ? "red" : "blue")});fill-opacity:{Math.Min(1, Math.Abs(value)):0.##}"/>"""));

    static void Words(StringBuilder svg, double x, double y, string words, string anchor, string ink = "ink") =>
        svg.Append(Invariant($"""<text x="{x:0.#}" y="{y:0.#}" text-anchor="{anchor}" font-size="13" style="fill:var(--{ink})">{WebUtility.HtmlEncode(words)}</text>"""));
}
