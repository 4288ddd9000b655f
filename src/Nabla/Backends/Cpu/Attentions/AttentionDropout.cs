using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>
/// Which weights of attentions are dropped (Srivastava et al. 2014): each is 0 with the given probability and else divided by 1 − probability. Which are 0 is a function of the seed, the position,
/// the target's row and the source alone, so that the way back draws the same ones again: source s of a row takes word s mod 4 of the block (position; row, s / 4).
/// </summary>
/// <param name="Probability">Of a weight to be dropped; 0: nothing is drawn.</param>
/// <param name="Seed">The generator's.</param>
/// <param name="Position">The block that was set aside for this op.</param>
internal readonly record struct AttentionDropout(double Probability, ulong Seed, ulong Position)
{
    /// <summary>The row of the first target of the first attention.</summary>
    public uint FirstRow { get; init; }

    /// <summary>Rows from one attention to the next.</summary>
    public uint RowStep { get; init; }

    /// <summary>One for attentions of so many targets, with numbers of the generator set aside.</summary>
    public static AttentionDropout Draw(double probability, Generator? generator, int targets)
    {
        if (probability is not (>= 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(probability), probability, "Attention: 0 ≤ dropout < 1 is needed.");
        generator ??= Generator.Default;
        return probability == 0 ? default : new(probability, generator.Seed, generator.Take(4)) { RowStep = (uint)targets };
    }

    private float Scale => (float)(1 / (1 - Probability));

    private uint Least => (uint)Math.Min(Math.Round(Probability * 4294967296.0), uint.MaxValue);

    /// <summary>Drops weights [sources, targets] of one attention; the first source is a multiple of four.</summary>
    /// <param name="row">Of the first target.</param>
    /// <param name="targets">How many.</param>
    /// <param name="source">The first source.</param>
    /// <param name="sources">How many.</param>
    /// <param name="weights">Lanes of targets.</param>
    /// <param name="wide">Floats from one source to the next.</param>
    public unsafe void Drop(uint row, int targets, int source, int sources, float* weights, int wide)
    {
        for (var s = 0; s < sources; s += 4, weights += 4 * wide)
        {
            var rows = Math.Min(4, sources - s);
            if (EightBlocks.IsSupported && wide % 8 == 0) Eights(row, targets, (uint)(source + s) / 4, rows, weights, wide);
            else Ones(row, targets, (uint)(source + s) / 4, rows, weights, wide);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Eights(uint row, int targets, uint quad, int rows, float* weights, int wide)
    {
        var (low, high, at) = (Vector256.Create((uint)Position), Vector256.Create((uint)(Position >> 32)), Vector256.Create(quad));
        var (least, scale) = (Vector256.Create(Least), Vector256.Create(Scale));
        for (var lane = 0; lane < targets; lane += 8, weights += 8)
        {
            var (a, b, c, d) = EightBlocks.Of(Seed, low, high, Vector256.Create(row + (uint)lane) + Vector256<uint>.Indices, at);
            Keep(weights, a, least, scale);
            if (rows > 1) Keep(weights + wide, b, least, scale);
            if (rows > 2) Keep(weights + (2 * wide), c, least, scale);
            if (rows > 3) Keep(weights + (3 * wide), d, least, scale);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Keep(float* weights, Vector256<uint> words, Vector256<uint> least, Vector256<float> scale) =>
        Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(words, least).AsSingle(), Vector256.Load(weights) * scale, Vector256<float>.Zero).Store(weights);

    private unsafe void Ones(uint row, int targets, uint quad, int rows, float* weights, int wide)
    {
        var (least, scale) = (Least, Scale);
        var words = stackalloc uint[4];
        for (var lane = 0; lane < targets; lane++)
        {
            (words[0], words[1], words[2], words[3]) = Generator.Block(Seed, Position, row + (uint)lane, quad);
            for (var i = 0; i < rows; i++) weights[(i * wide) + lane] = words[i] >= least ? weights[(i * wide) + lane] * scale : 0;
        }
    }

    /// <summary>By what each weight [attentions, targets, sources] is multiplied.</summary>
    public unsafe void Fill<T>(T* factors, long attentions, int targets, int sources) where T : unmanaged, INumber<T>
    {
        var (least, scale) = (Least, T.CreateChecked(1 / (1 - Probability)));
        for (var attention = 0L; attention < attentions; attention++)
        for (var target = 0; target < targets; target++)
        for (var source = 0; source < sources; source++)
        {
            var (a, b, c, d) = Generator.Block(Seed, Position, FirstRow + ((uint)attention * RowStep) + (uint)target, (uint)source / 4);
            *factors++ = (source % 4) switch { 0 => a, 1 => b, 2 => c, _ => d } >= least ? scale : T.Zero;
        }
    }
}
