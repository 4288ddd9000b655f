namespace Nabla.Backends;

/// <summary>
/// What an elementwise formula may use. A formula written once against <typeparamref name="V"/> runs as AVX-512, AVX2 or 128-bit
/// vectors of floats, as a float, as doubles, on integers, or as a graph of tensors.
/// A mask is a <typeparamref name="V"/> too: what a comparison returns and <see cref="Select"/> takes.
/// </summary>
public interface ILane<V> where V : struct, ILane<V>
{
    /// <summary>The constant 0.</summary>
    static abstract V Zero { get; }
    /// <summary>The constant 1.</summary>
    static abstract V One { get; }
    /// <summary>A constant in every lane.</summary>
    static abstract V Constant(double value);
    /// <summary>a + b</summary>
    static abstract V operator +(V a, V b);
    /// <summary>a − b</summary>
    static abstract V operator -(V a, V b);
    /// <summary>a · b</summary>
    static abstract V operator *(V a, V b);
    /// <summary>a / b</summary>
    static abstract V operator /(V a, V b);
    /// <summary>−a</summary>
    static abstract V operator -(V a);
    /// <summary>a · b + c, rounded once where the hardware does.</summary>
    static abstract V MultiplyAdd(V a, V b, V c);
    /// <summary>The larger; NaN if either is NaN.</summary>
    static abstract V Max(V a, V b);
    /// <summary>The smaller; NaN if either is NaN.</summary>
    static abstract V Min(V a, V b);
    /// <summary>|x|</summary>
    static abstract V Abs(V x);
    /// <summary>√x</summary>
    static abstract V Sqrt(V x);
    /// <summary>eˣ</summary>
    static abstract V Exp(V x);
    /// <summary>ln x</summary>
    static abstract V Log(V x);
    /// <summary>ln(1 + x), exact near 0.</summary>
    static abstract V Log1p(V x);
    /// <summary>sin x</summary>
    static abstract V Sin(V x);
    /// <summary>cos x</summary>
    static abstract V Cos(V x);
    /// <summary>tanh x</summary>
    static abstract V Tanh(V x);
    /// <summary>The error function, 2/√π ∫₀ˣ e^(−t²) dt.</summary>
    static abstract V Erf(V x);
    /// <summary>The normal distribution Φ(x) = ½(1 + erf(x/√2)) and its derivative, the density exp(−x²/2)/√2π.</summary>
    static virtual V NormalDistribution(V x, out V density)
    {
        density = V.Constant(0.39894228040143267794) * V.Exp(V.Constant(-0.5) * (x * x));
        return V.MultiplyAdd(V.Constant(0.5), V.Erf(V.Constant(0.70710678118654752440) * x), V.Constant(0.5));
    }
    /// <summary>x · Φ(x) with the normal distribution Φ.</summary>
    static virtual V TimesNormalDistribution(V x) => x * V.NormalDistribution(x, out _);
    /// <summary>xᵉ</summary>
    static abstract V Pow(V x, V exponent);
    /// <summary>The largest whole number ≤ x.</summary>
    static abstract V Floor(V x);
    /// <summary>Mask of a &lt; b.</summary>
    static abstract V LessThan(V a, V b);
    /// <summary>Mask of a ≤ b.</summary>
    static abstract V LessOrEqual(V a, V b);
    /// <summary>Mask of a = b.</summary>
    static abstract V Equal(V a, V b);
    /// <summary>a where the mask holds, b elsewhere.</summary>
    static abstract V Select(V mask, V a, V b);
}
