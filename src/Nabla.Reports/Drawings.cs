using System.Globalization;
using System.Net;
using System.Text;
using Nabla.Metrics;

namespace Nabla.Reports;

/// <summary>Drawings that are tables and pictures rather than plots.</summary>
public static class Drawings
{
    /// <summary>A confusion matrix as a picture: rows are the truth, columns what was called, a cell is the darker the larger its share of its row.</summary>
    public static string Matrix(ConfusionMatrix matrix, IReadOnlyList<string> names)
    {
        var html = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"<div class=\"matrix\" role=\"img\" aria-label=\"Confusion matrix\" style=\"grid-template-columns:repeat({names.Count + 1},auto)\">"));
        html.Append("<div class=\"axis\">truth ↓ called →</div>");
        foreach (var name in names) html.Append($"<div class=\"axis\">{WebUtility.HtmlEncode(name)}</div>");
        for (var truth = 0; truth < names.Count; truth++)
        {
            html.Append($"<div class=\"axis\">{WebUtility.HtmlEncode(names[truth])}</div>");
            for (var called = 0; called < names.Count; called++)
            {
                var count = matrix[truth, called];
                html.Append(Cell(count == 0 ? "" : $"{count}", truth == called, (double)count / Math.Max(1, matrix.Support(truth))));
            }
        }
        return html.Append("</div>").ToString();
    }

    /// <summary>The four counts of a decision between two classes, each with its name.</summary>
    public static string Counts(BinaryCounts counts, string positive, string negative)
    {
        var html = new StringBuilder("<div class=\"matrix\" role=\"img\" aria-label=\"True and false positives and negatives\" style=\"grid-template-columns:repeat(3,auto)\">");
        html.Append($"<div class=\"axis\"></div><div class=\"axis\">called {positive}</div><div class=\"axis\">called {negative}</div>");
        html.Append($"<div class=\"axis\">{positive}</div>").Append(Large(counts.TruePositives, "true positives", counts.Positives, true)).Append(Large(counts.FalseNegatives, "false negatives: missed", counts.Positives, false));
        html.Append($"<div class=\"axis\">{negative}</div>").Append(Large(counts.FalsePositives, "false positives: alarms", counts.Negatives, false)).Append(Large(counts.TrueNegatives, "true negatives", counts.Negatives, true));
        return html.Append("</div>").ToString();
    }

    /// <summary>Small grey pictures with words below. pixels: 0 (paper) to 1 (ink), row by row.</summary>
    public static string Pictures(IEnumerable<(float[] Pixels, string Words)> pictures, int side)
    {
        var html = new StringBuilder("<div class=\"pictures\">");
        foreach (var (pixels, words) in pictures) html.Append($"<div>{Picture(pixels, side, words)}{WebUtility.HtmlEncode(words)}</div>");
        return html.Append("</div>").ToString();
    }

    /// <summary>Pictures with words below. image: [channels, height, width] of 0 … 1, with 1 or 3 channels.</summary>
    public static string Pictures(IEnumerable<(Tensor Image, string Words)> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        var html = new StringBuilder("<div class=\"pictures\">");
        foreach (var (image, words) in pictures)
            html.Append($"<div><img src=\"{Bitmap.Address(image)}\" alt=\"{WebUtility.HtmlEncode(words)}\">{WebUtility.HtmlEncode(words)}</div>");
        return html.Append("</div>").ToString();
    }

    static string Picture(float[] pixels, int side, string title)
    {
        var svg = new StringBuilder($"<svg viewBox=\"0 0 {side} {side}\" role=\"img\" shape-rendering=\"crispEdges\"><title>{WebUtility.HtmlEncode(title)}</title>");
        for (var i = 0; i < pixels.Length; i++)
            if (pixels[i] > 0) svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{i % side}\" y=\"{i / side}\" width=\"1\" height=\"1\" style=\"fill:var(--ink);fill-opacity:{pixels[i]:0.##}\"/>");
        return svg.Append("</svg>").ToString();
    }

    static string Large(long count, string words, long of, bool right) => Cell($"<span><b>{count}</b><br>{words}</span>", right, (double)count / Math.Max(1, of), " large");

    static string Cell(string content, bool right, double share, string more = "") => string.Create(CultureInfo.InvariantCulture,
        $"<div class=\"cell{more}\" style=\"--paint:var(--{(right ? "blue" : "red")});--share:{share:0.###}\">{content}</div>");
}
