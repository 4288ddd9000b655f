using System.Text;

namespace Nabla.Cli.Tour;

/// <summary>Draws the graph of chapter 3: values above each node, gradients below.</summary>
static class GraphDrawing
{
    const int Radius = 27;

    /// <summary>Where each node is, and which nodes it is made from.</summary>
    static readonly Dictionary<string, (int X, int Y, string[] From)> Layout = new()
    {
        ["w"] = (60, 80, []), ["x"] = (60, 215, []), ["b"] = (190, 300, []), ["t"] = (325, 300, []),
        ["p"] = (190, 145, ["w", "x"]), ["y"] = (325, 145, ["p", "b"]), ["e"] = (460, 145, ["y", "t"]), ["L"] = (595, 145, ["e"]),
    };

    public static string Of(IReadOnlyList<Backpropagation.Node> nodes)
    {
        var svg = new StringBuilder("""
            <svg viewBox="0 0 660 365" style="max-width:660px" role="img"><title>The graph of y = w·x + b and its loss, each node with its value and gradient</title>
            <defs><marker id="graph-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0L8 4L0 8Z" style="fill:var(--muted)"/></marker></defs>
            """);
        foreach (var (to, (x, y, from)) in Layout)
            foreach (var name in from) Edge(svg, Layout[name].X, Layout[name].Y, x, y);
        foreach (var node in nodes) Draw(svg, node);
        return svg.Append("</svg>").ToString();
    }

    static void Edge(StringBuilder svg, int fromX, int fromY, int toX, int toY)
    {
        var (dx, dy) = (toX - fromX, toY - fromY);
        var length = Math.Sqrt(dx * dx + dy * dy);
        var (ux, uy) = (dx / length, dy / length);
        svg.Append(Invariant($"""<path d="M{fromX + ux * Radius:0.#} {fromY + uy * Radius:0.#}L{toX - ux * (Radius + 3):0.#} {toY - uy * (Radius + 3):0.#}" marker-end="url(#graph-arrow)" style="fill:none;stroke:var(--muted);stroke-width:1.5"/>"""));
    }

    static void Draw(StringBuilder svg, Backpropagation.Node node)
    {
        var (x, y, from) = Layout[node.Name];
        var (fill, stroke) = from.Length == 0 ? ("var(--panel)", "var(--rule)") : ("var(--paper)", "var(--ink)");
        svg.Append(Invariant($"""<circle cx="{x}" cy="{y}" r="{Radius}" style="fill:{fill};stroke:{stroke};stroke-width:1.5"/>"""));
        Words(svg, x, y + 5, node.Formula, from.Length == 0 ? 17 : 14, "ink", "500");
        Words(svg, x, y - Radius - 8, Invariant($"{node.Value:0.###}"), 13, "blue", "600");
        Words(svg, x, y + Radius + 18, Invariant($"{node.Gradient:0.###}"), 13, "orange", "600");
    }

    static void Words(StringBuilder svg, int x, int y, string words, int size, string ink, string weight) =>
        svg.Append(Invariant($"""<text x="{x}" y="{y}" text-anchor="middle" font-size="{size}" font-weight="{weight}" style="fill:var(--{ink})">{words}</text>"""));
}
