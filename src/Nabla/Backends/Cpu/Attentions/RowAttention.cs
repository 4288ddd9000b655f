using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>Where the keys and values lie that the queries attend to, one query a row.</summary>
internal unsafe interface IRowSources
{
    /// <summary>How many sources a row attends to.</summary>
    int Count(int row);

    /// <summary>The keys of all heads of a source, side by side.</summary>
    float* Key(int row, int source);

    /// <summary>The values of all heads of a source, side by side.</summary>
    float* Value(int row, int source);
}

/// <summary>Attentions of single queries: query [rows, heads · width] → output [rows, heads · depth].</summary>
/// <param name="Query">Rows <paramref name="Step"/> floats apart.</param>
/// <param name="Step">From one query to the next.</param>
/// <param name="Output">Contiguous.</param>
/// <param name="Heads">Side by side.</param>
/// <param name="Width">Of a head's queries and keys.</param>
/// <param name="Depth">Of a head's values.</param>
/// <param name="Scale">Of the scores.</param>
internal readonly record struct RowAttentionShape(nint Query, nint Step, nint Output, int Heads, int Width, int Depth, float Scale);

/// <summary>
/// Attention of single queries, as decoding has them: there is nothing to make a matrix product of, so keys and values are read once, row by row with all heads, as they lie in memory. A part is a row.
/// </summary>
internal static class RowAttention
{
    public static void Run<TSources>(RowAttentionShape shape, TSources sources, int rows) where TSources : struct, IRowSources
    {
        if (Simd.Has512) Run<Float512, TSources>(shape, sources, rows);
        else if (Simd.Has256) Run<Float256, TSources>(shape, sources, rows);
        else Run<Float128, TSources>(shape, sources, rows);
    }

    private static void Run<L, TSources>(RowAttentionShape shape, TSources sources, int rows) where L : struct, IFloatLane<L> where TSources : struct, IRowSources
    {
        var run = new RowAttentionPart<L, TSources>(shape, sources);
        ThreadTeam.Run(rows, ref run);
    }
}

/// <summary>A part is a row with all its heads.</summary>
internal readonly unsafe struct RowAttentionPart<L, TSources>(RowAttentionShape shape, TSources sources) : IPart where L : struct, IFloatLane<L> where TSources : struct, IRowSources
{
    private readonly RowAttentionShape x = shape;
    private readonly TSources sources = sources;

    public void Run(int part)
    {
        var count = sources.Count(part);
        float* query = (float*)x.Query + (part * x.Step), output = (float*)x.Output + ((nint)part * x.Heads * x.Depth);
        if (count == 0)
        {
            new Span<float>(output, x.Heads * x.Depth).Clear();
            return;
        }
        var room = (count + L.Count - 1) / L.Count * L.Count;
        var keys = (float**)Scratch.Mine.Attention.Of(((nint)x.Heads + 4) * room);
        var values = keys + room;
        var weights = (float*)(values + room);                                              // [sources, and what fills the last register] of each head
        for (var s = 0; s < room; s++)
        {
            keys[s] = sources.Key(part, Math.Min(s, count - 1));
            values[s] = sources.Value(part, Math.Min(s, count - 1));
        }
        for (var head = 0; head < x.Heads; head++, weights += room)
        {
            Score(query + (head * x.Width), keys, head * x.Width, x.Width, x.Scale, count, weights);
            var sum = Weigh(weights, count);
            Add(weights, 1 / sum, values, head * x.Depth, x.Depth, count, output + (head * x.Depth));
        }
    }

    /// <summary>query · key · scale for each source of a head. What fills the last register is arbitrary.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Score(float* query, float** keys, nint first, int width, float scale, int count, float* scores)
    {
        for (var s = 0; s < count; s += L.Count, keys += L.Count)
        {
            var sums = Four(query, keys, first, width);
            if (L.Count >= 8) sums = Pairs(sums, s + 4 < count ? Four(query, keys + 4, first, width) : sums);
            if (L.Count >= 16)
            {
                var more = s + 8 < count ? Four(query, keys + 8, first, width) : sums;
                sums = Pairs(sums, Pairs(more, s + 12 < count ? Four(query, keys + 12, first, width) : more));
            }
            L.Store(scores + s, sums * L.Broadcast(scale));
        }
    }

    /// <summary>Products with four sources, summed as far as <see cref="Pairs"/> has gone twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static L Four(float* query, float** keys, nint first, int width)
    {
        float* key0 = keys[0] + first, key1 = keys[1] + first, key2 = keys[2] + first, key3 = keys[3] + first;
        L sum0 = L.Zero, sum1 = L.Zero, sum2 = L.Zero, sum3 = L.Zero;
        var i = 0;
        for (; i <= width - L.Count; i += L.Count)
        {
            var q = L.Load(query + i);
            sum0 = L.MultiplyAdd(q, L.Load(key0 + i), sum0);
            sum1 = L.MultiplyAdd(q, L.Load(key1 + i), sum1);
            sum2 = L.MultiplyAdd(q, L.Load(key2 + i), sum2);
            sum3 = L.MultiplyAdd(q, L.Load(key3 + i), sum3);
        }
        if (i < width)
        {
            var (q, rest) = (L.LoadPart(query + i, width - i), width - i);
            sum0 = L.MultiplyAdd(q, L.LoadPart(key0 + i, rest), sum0);
            sum1 = L.MultiplyAdd(q, L.LoadPart(key1 + i, rest), sum1);
            sum2 = L.MultiplyAdd(q, L.LoadPart(key2 + i, rest), sum2);
            sum3 = L.MultiplyAdd(q, L.LoadPart(key3 + i, rest), sum3);
        }
        return Pairs(Pairs(sum0, sum1), Pairs(sum2, sum3));
    }

    /// <summary>Sums of neighbours: of a, then of b. As often as a register can be halved, it makes a register of sums from a register of registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static L Pairs(L a, L b) => L.Even(a, b) + L.Odd(a, b);

    /// <summary>Scores → their exponentials, less the largest; their sum. The largest is found by halves, as <see cref="Pairs"/> sums, and so stands in all elements of a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Weigh(float* scores, int count)
    {
        var largest = L.Broadcast(float.NegativeInfinity);
        for (var s = 0; s < count; s += L.Count) largest = L.AtLeast(largest, Real(scores + s, count - s));
        for (var n = 1; n < L.Count; n *= 2) largest = L.AtLeast(L.Even(largest, largest), L.Odd(largest, largest));
        var sum = L.Zero;
        for (var s = 0; s < count; s += L.Count)
        {
            var exp = L.Exp(Real(scores + s, count - s) - largest);
            sum += exp;
            L.Store(scores + s, exp);
        }
        return L.Sum(sum);
    }

    /// <summary>A register of scores, −∞ where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static L Real(float* scores, int count) =>
        count >= L.Count ? L.Load(scores) : L.Select(L.First(count), L.Load(scores), L.Broadcast(float.NegativeInfinity));

    /// <summary>share · Σ weight · value of a head.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* weights, float share, float** values, nint first, int depth, int count, float* output)
    {
        var i = 0;
        for (; i <= depth - (2 * L.Count); i += 2 * L.Count)
        {
            L sum0 = L.Zero, sum1 = L.Zero;
            for (var s = 0; s < count; s++)
            {
                var weight = L.Broadcast(weights[s]);
                var value = values[s] + first + i;
                sum0 = L.MultiplyAdd(weight, L.Load(value), sum0);
                sum1 = L.MultiplyAdd(weight, L.Load(value + L.Count), sum1);
            }
            L.Store(output + i, sum0 * L.Broadcast(share));
            L.Store(output + i + L.Count, sum1 * L.Broadcast(share));
        }
        for (; i < depth; i += L.Count)
        {
            var (sum, rest) = (L.Zero, Math.Min(L.Count, depth - i));
            for (var s = 0; s < count; s++) sum = L.MultiplyAdd(L.Broadcast(weights[s]), L.LoadPart(values[s] + first + i, rest), sum);
            L.StorePart(output + i, sum * L.Broadcast(share), rest);
        }
    }
}
