using System.Globalization;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace Nabla.Reports;

/// <summary>A plot in the report's style: quiet axes, a grid one can overlook, a legend where lines need telling apart.</summary>
public sealed class Plot
{
    readonly PlotModel model = new()
    {
        Background = OxyColors.Undefined,
        PlotAreaBorderThickness = new OxyThickness(0),
        PlotAreaBorderColor = Ink.Rule,
        TextColor = Ink.Muted,
        DefaultFontSize = 13,
        Padding = new OxyThickness(4, 8, 12, 4),
        IsLegendVisible = false,
    };

    /// <summary>An empty plot with its axes.</summary>
    /// <param name="x">What the horizontal axis shows.</param>
    /// <param name="y">What the vertical axis shows.</param>
    /// <param name="logarithmicX">Whether the horizontal axis counts in powers of ten; its values must be positive.</param>
    /// <param name="logarithmicY">Whether the vertical axis counts in powers of ten; its values must be positive.</param>
    public Plot(string x, string y, bool logarithmicX = false, bool logarithmicY = false)
    {
        Horizontal = Style(Scale(logarithmicX), AxisPosition.Bottom, x);
        Vertical = Style(Scale(logarithmicY), AxisPosition.Left, y);
        model.Axes.Add(Horizontal);
        model.Axes.Add(Vertical);
    }

    /// <summary>The axis below the plot.</summary>
    public Axis Horizontal { get; }

    /// <summary>The axis at the left of the plot.</summary>
    public Axis Vertical { get; }

    /// <summary>Fixes what the axes show.</summary>
    public Plot Within(double left, double right, double bottom, double top)
    {
        (Horizontal.Minimum, Horizontal.Maximum, Vertical.Minimum, Vertical.Maximum) = (left, right, bottom, top);
        return this;
    }

    /// <summary>Shows the legend, by default above the plot where it hides nothing.</summary>
    public Plot Legend(LegendPosition position = LegendPosition.TopLeft, bool inside = false)
    {
        model.IsLegendVisible = true;
        model.Legends.Add(new Legend
        {
            LegendPosition = position,
            LegendPlacement = inside ? LegendPlacement.Inside : LegendPlacement.Outside,
            LegendOrientation = inside ? LegendOrientation.Vertical : LegendOrientation.Horizontal,
            LegendTextColor = Ink.Text,
            LegendFontSize = 13,
            LegendLineSpacing = 4,
            LegendBackground = OxyColors.Undefined,
            LegendBorderThickness = 0,
            LegendMargin = 4,
            LegendPadding = 4,
            LegendItemSpacing = 18,
        });
        return this;
    }

    /// <summary>Marks at places; with a label they stand in the legend. x, y: as many each; the size is in pixels.</summary>
    public Plot Points(ReadOnlySpan<double> x, ReadOnlySpan<double> y, OxyColor ink, string? label = null, double size = 3, MarkerType marker = MarkerType.Circle)
    {
        var series = new ScatterSeries { MarkerType = marker, MarkerSize = size, MarkerFill = ink, Title = label, RenderInLegend = label is not null };
        if (marker == MarkerType.Cross) (series.MarkerStroke, series.MarkerStrokeThickness) = (ink, 2);
        for (var i = 0; i < x.Length; i++) series.Points.Add(new ScatterPoint(x[i], y[i]));
        model.Series.Add(series);
        return this;
    }

    /// <summary>A line through places; with a label it stands in the legend. x, y: as many each; thickness and dots are in pixels.</summary>
    public Plot Line(ReadOnlySpan<double> x, ReadOnlySpan<double> y, OxyColor ink, string? label = null, double thickness = 2, bool dashed = false, double dots = 0)
    {
        var series = new LineSeries { Color = ink, StrokeThickness = thickness, LineStyle = dashed ? LineStyle.Dash : LineStyle.Solid, Title = label, RenderInLegend = label is not null };
        if (dots > 0) (series.MarkerType, series.MarkerSize, series.MarkerFill) = (MarkerType.Circle, dots, ink);
        for (var i = 0; i < x.Length; i++) series.Points.Add(new DataPoint(x[i], y[i]));
        model.Series.Add(series);
        return this;
    }

    /// <summary>A line from each point to its place on another curve: residuals.</summary>
    public Plot Drops(ReadOnlySpan<double> x, ReadOnlySpan<double> from, ReadOnlySpan<double> to, OxyColor ink)
    {
        var series = new LineSeries { Color = ink, StrokeThickness = 1, RenderInLegend = false };
        for (var i = 0; i < x.Length; i++) series.Points.AddRange([new DataPoint(x[i], from[i]), new DataPoint(x[i], to[i]), DataPoint.Undefined]);
        model.Series.Add(series);
        return this;
    }

    /// <summary>Bars side by side, each from its place's left edge to the right.</summary>
    public Plot Bars(ReadOnlySpan<double> left, ReadOnlySpan<double> right, ReadOnlySpan<double> height, OxyColor ink, string? label = null)
    {
        var series = new RectangleBarSeries { FillColor = ink, StrokeThickness = 0, Title = label, RenderInLegend = label is not null };
        for (var i = 0; i < left.Length; i++) series.Items.Add(new RectangleBarItem(left[i], 0, right[i], height[i]));
        model.Series.Add(series);
        return this;
    }

    /// <summary>Lines of equal height over a plane. values: [x.Length, y.Length]</summary>
    public Plot Contours(double[] x, double[] y, double[,] values, double[] levels, OxyColor ink)
    {
        model.Series.Add(new ContourSeries
        {
            ColumnCoordinates = x, RowCoordinates = y, Data = values, ContourLevels = levels, ContourColors = [ink], Color = ink,
            StrokeThickness = 1, FontSize = 11, TextColor = Ink.Muted, LabelBackground = Ink.Paper, LabelFormatString = "0.#", RenderInLegend = false,
        });
        return this;
    }

    /// <summary>A dashed line across the plot at one height or place.</summary>
    public Plot Mark(OxyColor ink, double? x = null, double? y = null, string text = "")
    {
        model.Annotations.Add(new LineAnnotation
        {
            Type = x is null ? LineAnnotationType.Horizontal : LineAnnotationType.Vertical, X = x ?? 0, Y = y ?? 0,
            Color = ink, LineStyle = LineStyle.Dash, StrokeThickness = 1, Text = text, TextColor = Ink.Muted, FontSize = 12,
        });
        return this;
    }

    /// <summary>Words at a point of the plot.</summary>
    public Plot Note(double x, double y, string text, HorizontalAlignment align = HorizontalAlignment.Left)
    {
        model.Annotations.Add(new TextAnnotation
        {
            TextPosition = new DataPoint(x, y), Text = text, TextColor = Ink.Text, FontSize = 12.5, StrokeThickness = 0, Background = OxyColors.Undefined,
            TextHorizontalAlignment = align, TextVerticalAlignment = VerticalAlignment.Middle,
        });
        return this;
    }

    /// <summary>The plot as an SVG element. The name is unique on the page, the title says what one sees.</summary>
    public string ToSvg(string name, string title, double width = 720, double height = 400) => SvgContext.Draw(model, name, title, width, height);

    static Axis Scale(bool logarithmic) => logarithmic ? new LogarithmicAxis { LabelFormatter = Power } : new LinearAxis();

    /// <summary>Far powers of ten as powers: 10⁻⁴.</summary>
    static string Power(double value)
    {
        var exponent = Math.Log10(value);
        if (Math.Abs(exponent) < 3.5 || Math.Abs(exponent - Math.Round(exponent)) > 1e-6) return value.ToString("0.####", CultureInfo.InvariantCulture);
        var digits = Math.Round(exponent).ToString(CultureInfo.InvariantCulture);
        return "10" + string.Concat(digits.Select(digit => digit == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit - '0']));
    }

    static Axis Style(Axis axis, AxisPosition position, string title)
    {
        (axis.Position, axis.Title) = (position, title);
        (axis.TextColor, axis.TitleColor, axis.AxislineColor) = (Ink.Muted, Ink.Text, Ink.Rule);
        (axis.TitleFontSize, axis.FontSize, axis.AxisTitleDistance) = (13, 12, 8);
        (axis.MajorGridlineStyle, axis.MajorGridlineColor, axis.MajorGridlineThickness) = (LineStyle.Solid, Ink.Rule, 1);
        (axis.TickStyle, axis.MinorTickSize, axis.MajorTickSize) = (TickStyle.None, 0, 0);
        (axis.MinimumPadding, axis.MaximumPadding, axis.AxisTickToLabelDistance) = (0.03, 0.03, 6);
        return axis;
    }
}
