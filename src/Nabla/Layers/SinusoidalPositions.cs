namespace Nabla.Layers;

/// <summary>
/// Vaswani et al. 2017, §3.5: position p adds sin(p / 10000^(2i/width)) to column 2i and the cosine to column 2i + 1, so that the code of p + k is a rotation of that of p. Nothing is
/// trained and no position is too far.
/// </summary>
public static class SinusoidalPositions
{
    /// <summary>The codes that were asked for last: a model asks for the same ones in every step.</summary>
    private static volatile Tensor? recent;

    /// <summary>The codes of the first positions: [length, width].</summary>
    /// <param name="length">How many positions, 0 or more.</param>
    /// <param name="width">The length of a code, at least 1.</param>
    public static Tensor Of(int length, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var codes = new float[(long)length * width];
        for (var p = 0; p < length; p++)
        for (var i = 0; i < width; i++)
        {
            var angle = p / Period(i, width);
            codes[(p * (long)width) + i] = (float)(i % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
        }
        return Tensor.From(codes, [length, width]);
    }

    /// <summary>How many positions the angle of a column needs to grow by 1.</summary>
    internal static double Period(int column, int width) => Math.Pow(10000, (column - (column % 2)) / (double)width);

    /// <summary>x with its positions' codes added, each sequence's from 0 on.  x: [batch, time, width] → same.</summary>
    public static Tensor AddTo(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Rank >= 2 ? x + Of(x.Shape[^2], x.Shape[^1]).To(x.DType) : throw new ArgumentException($"SinusoidalPositions: x {x.Shape}: [.., time, width] is needed.");
    }

    /// <summary>Sequences with their positions' codes added.  Values: [elements, width] → same.</summary>
    public static Ragged AddTo(Ragged x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Values.Rank != 2) throw new ArgumentException($"SinusoidalPositions: x {x.Values.Shape}: [elements, width] is needed.");
        var lengths = Enumerable.Range(0, x.Count).Select(x.Length).ToArray();
        var codes = Recent(lengths.DefaultIfEmpty(0).Max(), x.Values.Shape[^1]).To(x.Values.DType);
        return x.With(x.Values + codes.IndexSelect(0, x.Places()));
    }

    /// <summary>The codes of at least the first positions.</summary>
    internal static Tensor Recent(int length, int width)
    {
        if (recent is { } codes && codes.Shape[1] == width && codes.Shape[0] >= length) return codes;
        return recent = Of(Math.Max(64, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)length)), width);
    }
}
