using System.Globalization;
using System.Text;

namespace Nabla;

/// <summary>Writes a tensor in nested brackets.</summary>
/// <param name="x">What is written.</param>
/// <param name="precision">At most so many digits behind the point.</param>
/// <param name="edge">Axes longer than twice this are cut in the middle.</param>
internal sealed class TensorPrinter(Tensor x, int precision, int edge)
{
    private const int LineWidth = 75;

    private readonly StringBuilder text = new();
    private Func<long, string> cell = null!;

    public string Print()
    {
        if (x.Length == 0) return x.Rank == 1 ? "[]" : $"[] of shape {x.Shape}";
        long[] shown = [.. Shown(0, 0)];
        var plain = Cell(shown);
        var width = shown.Max(offset => plain(offset).Length);
        cell = offset => plain(offset).PadLeft(width);
        if (x.Rank == 0) text.Append(cell(0));
        else Write(0, 0);
        GC.KeepAlive(x);
        return text.ToString();
    }

    /// <summary>The places of an axis that are shown; −1 stands for those left out.</summary>
    private int[] Places(int axis)
    {
        var length = x.Shape[axis];
        return length <= 2L * edge ? [.. Enumerable.Range(0, length)] : [.. Enumerable.Range(0, edge), -1, .. Enumerable.Range(length - edge, edge)];
    }

    /// <summary>Where the elements that are shown lie.</summary>
    private IEnumerable<long> Shown(int axis, long offset) => axis == x.Rank ? [offset]
        : Places(axis).Where(place => place >= 0).SelectMany(place => Shown(axis + 1, offset + (place * x.Stride(axis))));

    /// <summary>How one element is written.</summary>
    private unsafe Func<long, string> Cell(long[] shown)
    {
        switch (x.DType)
        {
            case DType.Float32: return Float(shown, offset => x.Pointer<float>()[offset]);
            case DType.Float64: return Float(shown, offset => x.Pointer<double>()[offset]);
            case DType.Int64: return offset => x.Pointer<long>()[offset].ToString(CultureInfo.InvariantCulture);
            case DType.Int32: return offset => x.Pointer<int>()[offset].ToString(CultureInfo.InvariantCulture);
            default: return offset => x.Pointer<bool>()[offset] ? "True" : "False";
        }
    }

    /// <summary>With or without exponents, and with as many digits as the neediest element has, so that the points stand below each other.</summary>
    private Func<long, string> Float(long[] shown, Func<long, double> read)
    {
        double[] finite = [.. shown.Select(read).Where(double.IsFinite)], sizes = [.. finite.Select(Math.Abs).Where(size => size > 0)];
        var exponents = sizes.Length > 0 && (sizes.Max() >= 1e8 || sizes.Min() < 1e-4 || sizes.Max() / sizes.Min() > 1000);
        string Short(double value) => exponents ? Exponential(value, "0." + new string('#', precision) + "e+00") : Fixed(value);
        var digits = finite.Select(value => Fraction(Short(value))).DefaultIfEmpty(0).Max();
        var full = "0." + new string('0', digits) + "e+00";
        return offset => read(offset) switch
        {
            double.NaN => "nan",
            double.PositiveInfinity => "inf",
            double.NegativeInfinity => "-inf",
            var value when exponents => Exponential(value, full),
            var value => Fixed(value) is var number ? number.PadRight(number.Length - Fraction(number) + digits) : "",
        };
    }

    /// <summary>Without zeros at the end, but with the point: <c>1.</c></summary>
    private string Fixed(double value)
    {
        var number = value.ToString($"F{precision}", CultureInfo.InvariantCulture);
        return precision == 0 ? number + "." : number.TrimEnd('0');
    }

    private static string Exponential(double value, string pattern)
    {
        var number = value.ToString(pattern, CultureInfo.InvariantCulture);
        return number.Contains('.', StringComparison.Ordinal) ? number : number.Replace("e", ".e", StringComparison.Ordinal);
    }

    /// <summary>How many digits stand behind the point.</summary>
    private static int Fraction(string number)
    {
        var end = number.IndexOf('e', StringComparison.Ordinal);
        return (end < 0 ? number.Length : end) - number.IndexOf('.', StringComparison.Ordinal) - 1;
    }

    private void Write(int axis, long offset)
    {
        text.Append('[');
        var (first, line) = (true, axis + 1);
        foreach (var place in Places(axis))
        {
            if (axis == x.Rank - 1)
            {
                var element = place < 0 ? "..." : cell(offset + (place * x.Stride(axis)));
                if (!first && line + 1 + element.Length > LineWidth)
                {
                    text.Append('\n').Append(' ', axis + 1);
                    line = axis + 1;
                }
                else if (!first) text.Append(' ');
                text.Append(element);
                line += element.Length + 1;
            }
            else
            {
                // One blank line more for every axis above the rows, as NumPy does.
                if (!first) text.Append('\n', x.Rank - 1 - axis).Append(' ', axis + 1);
                if (place < 0) text.Append("...");
                else Write(axis + 1, offset + (place * x.Stride(axis)));
            }
            first = false;
        }
        text.Append(']');
    }
}
