using OxyPlot;

namespace Nabla.Reports;

/// <summary>
/// What things are drawn in. A plot names the role, the page's stylesheet says what it looks like by day and by night: each role stands
/// for a CSS variable, and the numbers here only tell the roles apart while the plotting library has them.
/// </summary>
public static class Ink
{
    static readonly string[] Variables = ["ink", "muted", "rule", "paper", "blue", "orange", "green", "red", "violet"];

    /// <summary>What text is written in.</summary>
    public static OxyColor Text { get; } = Role(0);

    /// <summary>What is beside the point: ticks, notes.</summary>
    public static OxyColor Muted { get; } = Role(1);

    /// <summary>Lines of the grid.</summary>
    public static OxyColor Rule { get; } = Role(2);

    /// <summary>The page.</summary>
    public static OxyColor Paper { get; } = Role(3);

    /// <summary>The first colour of a series.</summary>
    public static OxyColor Blue { get; } = Role(4);

    /// <summary>The second colour of a series.</summary>
    public static OxyColor Orange { get; } = Role(5);

    /// <summary>The third colour of a series; what holds.</summary>
    public static OxyColor Green { get; } = Role(6);

    /// <summary>What went wrong.</summary>
    public static OxyColor Red { get; } = Role(7);

    /// <summary>The fourth colour of a series.</summary>
    public static OxyColor Violet { get; } = Role(8);

    /// <summary>The paint of a colour for a style sheet, and its opacity.</summary>
    internal static (string Paint, double Opacity) Css(OxyColor color)
    {
        if (color.IsInvisible()) return ("none", 1);
        if (color is not { R: 0, G: 0 } || color.B >= Variables.Length)
            throw new ArgumentException($"{color} is not a role. Draw in one of Ink's, so that the plot follows the page by day and by night.");
        return ($"var(--{Variables[color.B]})", color.A / 255.0);
    }

    /// <summary>The same role, more transparent.</summary>
    public static OxyColor Fade(this OxyColor color, double opacity) => OxyColor.FromAColor((byte)Math.Round(opacity * 255), color);

    static OxyColor Role(byte number) => OxyColor.FromRgb(0, 0, number);
}
