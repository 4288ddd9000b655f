using System.Globalization;
using System.Net;
using System.Text;
using OxyPlot;

namespace Nabla.Reports;

/// <summary>
/// Draws a plot as SVG for a page: real text in the page's font, colours as the page's variables (<see cref="Ink"/>), the size the page gives it.
/// </summary>
/// <param name="name">Unique on the page; the clipping paths are named by it.</param>
sealed class SvgContext(string name) : ClippingRenderContext
{
    /// <summary>Width of a character as a part of the font's size: that of the widest common sans-serif font, so that labels have room in all.</summary>
    const double CharacterWidth = 0.62;

    readonly StringBuilder svg = new();
    int clips;

    /// <summary>The plot as one <c>svg</c> element with a title for those who do not see it.</summary>
    public static string Draw(IPlotModel plot, string name, string title, double width, double height)
    {
        var context = new SvgContext(name);
        plot.Update(true);
        plot.Render(context, new OxyRect(0, 0, width, height));
        return $"""<svg viewBox="0 0 {N(width)} {N(height)}" style="max-width:{N(width)}px" role="img"><title>{WebUtility.HtmlEncode(title)}</title>{context.svg}</svg>""";
    }

    public override void DrawEllipse(OxyRect extents, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode) =>
        svg.Append($"""<ellipse cx="{N(extents.Center.X)}" cy="{N(extents.Center.Y)}" rx="{N(extents.Width / 2)}" ry="{N(extents.Height / 2)}"{Paint(fill, stroke, thickness)}/>""");

    public override void DrawRectangle(OxyRect rectangle, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode) =>
        svg.Append($"""<rect x="{N(rectangle.Left)}" y="{N(rectangle.Top)}" width="{N(rectangle.Width)}" height="{N(rectangle.Height)}"{Paint(fill, stroke, thickness)}/>""");

    public override void DrawLine(IList<ScreenPoint> points, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode, double[] dashArray, LineJoin lineJoin) =>
        svg.Append($"""<path d="{Path(points)}"{Paint(OxyColors.Undefined, stroke, thickness, dashArray)}/>""");

    public override void DrawPolygon(IList<ScreenPoint> points, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode, double[] dashArray, LineJoin lineJoin) =>
        svg.Append($"""<path d="{Path(points)}Z"{Paint(fill, stroke, thickness, dashArray)}/>""");

    public override void DrawText(
        ScreenPoint p, string text, OxyColor fill, string fontFamily, double fontSize, double fontWeight, double rotation,
        HorizontalAlignment horizontalAlignment, VerticalAlignment verticalAlignment, OxySize? maxSize)
    {
        if (string.IsNullOrEmpty(text)) return;
        var anchor = horizontalAlignment switch { HorizontalAlignment.Left => "start", HorizontalAlignment.Center => "middle", _ => "end" };
        // Baselines by arithmetic: browsers differ over dominant-baseline.
        var drop = verticalAlignment switch { VerticalAlignment.Top => 0.8, VerticalAlignment.Middle => 0.33, _ => -0.15 } * fontSize;
        var turn = rotation == 0 ? "" : $" rotate({N(rotation)})";
        var (paint, opacity) = Ink.Css(fill);
        svg.Append($"""<text transform="translate({N(p.X)} {N(p.Y)}){turn}" y="{N(drop)}" text-anchor="{anchor}" font-size="{N(fontSize)}" style="fill:{paint}{Opacity("fill", opacity)}">{WebUtility.HtmlEncode(text)}</text>""");
    }

    public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight) =>
        string.IsNullOrEmpty(text) ? OxySize.Empty : new(text.Length * CharacterWidth * fontSize, fontSize * 1.15);

    protected override void SetClip(OxyRect clippingRectangle)
    {
        var id = $"{name}-clip{++clips}";
        svg.Append($"""<clipPath id="{id}"><rect x="{N(clippingRectangle.Left)}" y="{N(clippingRectangle.Top)}" width="{N(clippingRectangle.Width)}" height="{N(clippingRectangle.Height)}"/></clipPath><g clip-path="url(#{id})">""");
    }

    protected override void ResetClip() => svg.Append("</g>");

    static string Path(IList<ScreenPoint> points)
    {
        var path = new StringBuilder("M");
        foreach (var point in points) path.Append(CultureInfo.InvariantCulture, $"{N(point.X)} {N(point.Y)} ");
        path.Length--;
        return path.ToString();
    }

    static string Paint(OxyColor fill, OxyColor stroke, double thickness, double[]? dashes = null)
    {
        var (fillPaint, fillOpacity) = Ink.Css(fill);
        var (strokePaint, strokeOpacity) = thickness > 0 ? Ink.Css(stroke) : ("none", 1);
        var line = strokePaint == "none" ? "" : $";stroke:{strokePaint};stroke-width:{N(thickness)};stroke-linejoin:round{Opacity("stroke", strokeOpacity)}";
        var dashed = dashes is { Length: > 0 } ? $";stroke-dasharray:{string.Join(' ', dashes.Select(dash => N(dash * thickness)))}" : "";
        return $" style=\"fill:{fillPaint}{Opacity("fill", fillOpacity)}{line}{dashed}\"";
    }

    static string Opacity(string part, double opacity) => opacity >= 1 ? "" : $";{part}-opacity:{N(opacity)}";

    static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
