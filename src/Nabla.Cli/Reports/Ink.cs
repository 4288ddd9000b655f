using OxyPlot;

namespace Nabla.Cli.Reports;

/// <summary>
/// What things are drawn in. A plot names the role, the page's stylesheet says what it looks like by day and by night: each role stands
/// for a CSS variable, and the numbers here only tell the roles apart while the plotting library has them.
/// </summary>
static class Ink
{
    static readonly string[] Variables = ["ink", "muted", "rule", "paper", "blue", "orange", "green", "red", "violet"];

    public static readonly OxyColor Text = Role(0), Muted = Role(1), Rule = Role(2), Paper = Role(3);
    public static readonly OxyColor Blue = Role(4), Orange = Role(5), Green = Role(6), Red = Role(7), Violet = Role(8);

    /// <summary>The paint of a colour for a style sheet, and its opacity.</summary>
    public static (string Paint, double Opacity) Css(OxyColor color)
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
