using System.Text;

namespace Nabla.Cli.Tour;

/// <summary>Draws chapter 6: how a kernel slides, and what an image becomes on its way.</summary>
static class ConvolutionDrawing
{
    const int Levels = 16;

    /// <summary>A kernel of 3 × 3 over an image of 5 × 5, at its first two places, and the numbers they give; one panel for each stride and padding.</summary>
    public static string Sliding(IReadOnlyList<(int Stride, int Padding)> settings)
    {
        const int width = 245;
        var svg = new StringBuilder(Invariant($"""<svg viewBox="0 0 {width * settings.Count} 178" style="max-width:{width * settings.Count}px" role="img"><title>A kernel of 3 × 3 over 5 × 5 pixels at several strides and paddings</title>"""));
        for (var i = 0; i < settings.Count; i++) Panel(svg, (i * width) + 4, settings[i].Stride, settings[i].Padding);
        return svg.Append("</svg>").ToString();
    }

    static void Panel(StringBuilder svg, int left, int stride, int padding)
    {
        const int cell = 17, image = 5, kernel = 3, middle = 64, largest = 7 * cell;
        var (all, places) = (image + (2 * padding), Places(image, kernel, stride, padding));
        var (x, y) = (left + ((largest - (all * cell)) / 2), middle - (all * cell / 2));
        Cells(svg, x, y, all, cell, "fill:none;stroke:var(--rule);stroke-dasharray:2 2");
        Cells(svg, x + (padding * cell), y + (padding * cell), image, cell, "fill:var(--panel);stroke:var(--muted)");
        Window(svg, x, y, kernel * cell, "blue");
        Window(svg, x + (stride * cell), y, kernel * cell, "orange");
        var (right, top) = (left + largest + 26, middle - (places * cell / 2));
        Words(svg, left + largest + 13, middle + 5, "→");
        Cells(svg, right, top, places, cell, "fill:var(--panel);stroke:var(--muted)");
        Window(svg, right, top, cell, "blue");
        Window(svg, right + cell, top, cell, "orange");
        Words(svg, left + 112, 150, $"stride {stride}, padding {padding}");
        Words(svg, left + 112, 170, $"5 × 5 → {places} × {places}", "muted");
    }

    /// <summary>⌊(length + 2 · padding − kernel) / stride⌋ + 1</summary>
    public static int Places(int length, int kernel, int stride, int padding) => ((length + (2 * padding) - kernel) / stride) + 1;

    static void Cells(StringBuilder svg, int x, int y, int count, int cell, string style)
    {
        for (var i = 0; i < count * count; i++)
            svg.Append(Invariant($"""<rect x="{x + (i % count * cell)}" y="{y + (i / count * cell)}" width="{cell}" height="{cell}" style="{style}"/>"""));
    }

    static void Window(StringBuilder svg, int x, int y, int side, string ink) =>
        svg.Append(Invariant($"""<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="2" style="fill:var(--{ink});fill-opacity:.16;stroke:var(--{ink});stroke-width:2"/>"""));

    /// <summary>
    /// One row for each step, in it one square picture for each map: blue above 0, red below, as strong as the row's largest. Before them, in the first row, the image.
    /// rows: what a row shows and its maps [maps, side, side]; image: [side, side]
    /// </summary>
    public static string Maps(Tensor image, IReadOnlyList<(string Words, Tensor Maps)> rows)
    {
        const int picture = 92, step = 102, left = 118;
        var width = left + (rows[0].Maps.Shape[0] * step);
        var svg = new StringBuilder(Invariant($"""<svg viewBox="0 0 {width} {rows.Count * step}" style="max-width:{width}px" role="img" shape-rendering="crispEdges"><title>The kernels, and the maps of one digit after each step</title>"""));
        Picture(svg, image, 4, 0, picture, (double)image.Max());
        for (var row = 0; row < rows.Count; row++)
        {
            var (words, maps) = rows[row];
            Words(svg, 50, (row * step) + (row == 0 ? picture + 8 : (picture / 2) + 4), row == 0 ? "" : words);
            var largest = (double)maps.Abs().Max();
            for (var map = 0; map < maps.Shape[0]; map++) Picture(svg, maps[map], left + (map * step), row * step, picture, largest);
        }
        return svg.Append("</svg>").ToString();
    }

    /// <summary>A square picture [side, side], blue above 0, red below. All pixels of one strength and sign are one path.</summary>
    public static void Picture(StringBuilder svg, Tensor pixels, int x, int y, int size, double largest)
    {
        var (side, values) = (pixels.Shape[0], pixels.ToArray<float>());
        svg.Append(Invariant($"""<g transform="translate({x} {y}) scale({(double)size / side:0.####})"><rect width="{side}" height="{side}" style="fill:var(--panel)"/>"""));
        var levels = values.Select(value => (int)Math.Round(value / largest * Levels)).ToArray();
        foreach (var level in levels.Distinct().Where(level => level != 0).Order())
        {
            svg.Append(Invariant($"""<path style="fill:var(--{(level > 0 ? "blue" : "red")});fill-opacity:{Math.Abs((double)level) / Levels:0.##}" d=" """).TrimEnd());
            for (var i = 0; i < values.Length; i++)
                if (levels[i] == level) svg.Append(Invariant($"M{i % side} {i / side}h1v1h-1z"));
            svg.Append("\"/>");
        }
        svg.Append("</g>");
    }

    static void Words(StringBuilder svg, int x, int y, string words, string ink = "ink") =>
        svg.Append(Invariant($"""<text x="{x}" y="{y}" text-anchor="middle" font-size="13" style="fill:var(--{ink})">{words}</text>"""));
}
