using System.Xml.Linq;
using Nabla.Reports;
using OxyPlot;

namespace Nabla.Cli.Tests;

public class ReportTests
{
    [Theory]
    [InlineData("x_i^2", "<math><mrow><msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup></mrow></math>")]
    [InlineData(@"\frac{1}{n} \sum_{i=1}^n x", "<math><mrow><mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac><munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>x</mi></mrow></math>")]
    [InlineData(@"\hat{y} < 0.5", "<math><mrow><mover><mrow><mi>y</mi></mrow><mo stretchy=\"false\">^</mo></mover><mo>&lt;</mo><mn>0.5</mn></mrow></math>")]
    public void A_formula_becomes_MathML(string formula, string expected) => Assert.Equal(expected, MathMl.Inline(formula));

    [Fact]
    public void A_minus_is_a_sign_at_the_start_and_after_an_operator_only() => Assert.Equal(
        "<math><mrow><mi>a</mi><mo>−</mo><mi>b</mi><mo>=</mo><mo form=\"prefix\">−</mo><mn>5</mn></mrow></math>", MathMl.Inline("a - b = -5"));

    [Fact]
    public void A_formula_of_its_own_is_broken_where_its_parts_meet() => Assert.Equal(
        "<math display=\"block\"><mrow><mi>a</mi><mo>=</mo><mn>1</mn></mrow></math><math display=\"block\"><mrow><mi>b</mi></mrow></math>", MathMl.Display(@"a = 1 \quad b"));

    [Theory]
    [InlineData("{x")]
    [InlineData(@"\frac{1}")]
    [InlineData("x_")]
    [InlineData(@"\text{open")]
    public void A_broken_formula_is_an_error(string formula) => Assert.Throws<FormatException>(() => MathMl.Inline(formula));

    [Fact]
    public void A_plot_is_well_formed_SVG_painted_in_the_pages_variables()
    {
        var svg = new Plot("a < b", "y").Points([1, 2], [3, 4], Ink.Blue, "points & co").Line([1, 2], [4, 3], Ink.Orange.Fade(0.5)).Legend().Mark(Ink.Red, y: 3.5).Note(1, 3, "<here>").ToSvg("f", "A plot");
        var root = XDocument.Parse(svg).Root!;
        Assert.Equal("A plot", root.Element("title")!.Value);
        // Two points and one in the legend.
        Assert.Equal(3, root.Descendants("ellipse").Count(dot => dot.Attribute("style")!.Value.Contains("var(--blue)", StringComparison.Ordinal) && Parse(dot, "rx") > 2.9));
        Assert.Contains(root.Descendants("text"), text => text.Value == "points & co");
        Assert.Contains("stroke-opacity:0.5", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("rgb(", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void A_colour_that_is_no_role_is_an_error() => Assert.Throws<ArgumentException>(() => Ink.Css(OxyColors.Tomato));

    [Fact]
    public void A_page_is_escaped()
    {
        var report = new Report("<title>", "a & b");
        report.Add(1, "x < y").Paragraph("1 < 2 & `a<b` and $x<y$");
        var html = report.ToHtml();
        Assert.Contains("&lt;title&gt;", html, StringComparison.Ordinal);
        Assert.Contains("1 &lt; 2 &amp; <code>a&lt;b</code> and <math>", html, StringComparison.Ordinal);
    }

    static double Parse(XElement element, string attribute) => double.Parse(element.Attribute(attribute)!.Value, System.Globalization.CultureInfo.InvariantCulture);
}
