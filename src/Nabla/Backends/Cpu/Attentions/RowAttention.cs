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
        new Span<float>(output, x.Heads * x.Depth).Clear();
        if (count == 0) return;
        var weights = AttentionScratch.Of((nint)x.Heads * count);                           // [heads, sources]
        for (var s = 0; s < count; s++) Score(query, sources.Key(part, s), weights + s, count);
        for (var head = 0; head < x.Heads; head++) Weigh(weights + (head * count), count);
        for (var s = 0; s < count; s++) Add(weights + s, sources.Value(part, s), output, count);
    }

    /// <summary>The score of each head, query · key · scale, <paramref name="count"/> floats apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score(float* query, float* key, float* scores, int count)
    {
        for (var head = 0; head < x.Heads; head++, query += x.Width, key += x.Width)
        {
            var (sum, i) = (L.Zero, 0);
            for (; i <= x.Width - L.Count; i += L.Count) sum = L.MultiplyAdd(L.Load(query + i), L.Load(key + i), sum);
            if (i < x.Width) sum = L.MultiplyAdd(L.LoadPart(query + i, x.Width - i), L.LoadPart(key + i, x.Width - i), sum);
            scores[head * count] = L.Sum(sum) * x.Scale;
        }
    }

    /// <summary>Scores → softmax.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh(float* scores, int count)
    {
        var largest = scores[0];
        for (var s = 1; s < count; s++) largest = Math.Max(largest, scores[s]);
        var (shift, sum) = (L.Broadcast(largest), 0f);
        for (var i = 0; i < count; i += L.Count)
        {
            var some = Math.Min(L.Count, count - i);
            if (some == L.Count) L.Store(scores + i, L.Exp(L.Load(scores + i) - shift));
            else L.StorePart(scores + i, L.Exp(L.LoadPart(scores + i, some) - shift), some);
            for (var s = i; s < i + some; s++) sum += scores[s];
        }
        var factor = 1 / sum;
        for (var s = 0; s < count; s++) scores[s] *= factor;
    }

    /// <summary>output += weight · value, head by head.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(float* weights, float* value, float* output, int count)
    {
        for (var head = 0; head < x.Heads; head++, value += x.Depth, output += x.Depth)
        {
            var (weight, i) = (L.Broadcast(weights[head * count]), 0);
            for (; i <= x.Depth - L.Count; i += L.Count) L.Store(output + i, L.MultiplyAdd(weight, L.Load(value + i), L.Load(output + i)));
            if (i < x.Depth) L.StorePart(output + i, L.MultiplyAdd(weight, L.LoadPart(value + i, x.Depth - i), L.LoadPart(output + i, x.Depth - i)), x.Depth - i);
        }
    }
}
