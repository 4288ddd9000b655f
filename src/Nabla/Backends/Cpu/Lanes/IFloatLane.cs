using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace Nabla.Backends.Cpu;

/// <summary>
/// A lane of 32-bit floats. It adds what <see cref="FloatMath{V}"/> needs, access to the bits, and receives the transcendental functions
/// in return: every width runs the same operations in the same order, so an element's result depends neither on its position nor on the processor.
/// </summary>
internal unsafe interface IFloatLane<V> : ICpuLane<V, float> where V : struct, IFloatLane<V>
{
    /// <summary>The same 32 bits in every element.</summary>
    static abstract V Bits(int pattern);
    static abstract V operator &(V a, V b);
    static abstract V operator |(V a, V b);
    /// <summary>The sum of the bits as 32-bit integers.</summary>
    static abstract V AddBits(V a, V b);
    /// <summary>The difference of the bits as 32-bit integers.</summary>
    static abstract V SubtractBits(V a, V b);
    static abstract V ShiftLeft(V bits, int count);
    /// <summary>Arithmetic shift: the sign bit fills.</summary>
    static abstract V ShiftRight(V bits, int count);
    /// <summary>The float nearest to each 32-bit integer.</summary>
    static abstract V FromInteger(V bits);
    /// <summary>min(x, limit); NaN where x is NaN. One instruction, where <c>Min</c> takes several.</summary>
    static abstract V AtMost(V limit, V x);
    /// <summary>max(x, limit); NaN where x is NaN.</summary>
    static abstract V AtLeast(V limit, V x);
    /// <summary>x · 2ⁿ for a whole number n from −252 to 254, rounded once.</summary>
    static abstract V Scale(V x, V n);
    /// <summary>For each element the one of sixteen floats that the four low bits of <paramref name="index"/> name.</summary>
    static abstract V Lookup(float* table, V index);
    /// <summary>Elements 0, 2, 4, … of a and then of b.</summary>
    static abstract V Even(V a, V b);
    /// <summary>Elements 1, 3, 5, … of a and then of b.</summary>
    static abstract V Odd(V a, V b);
    /// <summary>The first half of both, in turns: a₀, b₀, a₁, b₁, …: what <see cref="Even"/> and <see cref="Odd"/> took apart.</summary>
    static abstract V ZipLow(V a, V b);
    /// <summary>The second half of both, in turns.</summary>
    static abstract V ZipHigh(V a, V b);
    /// <summary>Whether the mask holds in any element.</summary>
    static abstract bool Any(V mask);

    [MethodImpl(AggressiveInlining)] static V ILane<V>.Exp(V x) => FloatMath<V>.Exp(x);
    [MethodImpl(AggressiveInlining)] static V ILane<V>.Log(V x) => FloatMath<V>.Log(x);
    [MethodImpl(AggressiveInlining)] static V ILane<V>.Log1p(V x) => FloatMath<V>.Log1p(x);
    [MethodImpl(AggressiveInlining)] static V ILane<V>.Sin(V x) => FloatMath<V>.Sin(x);
    [MethodImpl(AggressiveInlining)] static V ILane<V>.Cos(V x) => FloatMath<V>.Cos(x);
    [MethodImpl(AggressiveInlining)] static V ILane<V>.Tanh(V x) => FloatMath<V>.Tanh(x);
    [MethodImpl(AggressiveInlining)] static V ILane<V>.Erf(V x) => FloatMath<V>.Erf(x);
    [MethodImpl(AggressiveInlining)] static V ILane<V>.NormalDistribution(V x, out V density) => FloatMath<V>.NormalDistribution(x, out density);
    [MethodImpl(AggressiveInlining)] static V ILane<V>.TimesNormalDistribution(V x) => FloatMath<V>.TimesNormalDistribution(x);
    [MethodImpl(AggressiveInlining)] static V ILane<V>.Pow(V x, V exponent) => FloatMath<V>.Pow(x, exponent);
}
