using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>Where the keys and values lie that the queries attend to, one query a row. Rows of a group attend to the same.</summary>
internal unsafe interface IRowSources
{
    int Groups { get; }

    /// <summary>The first row of a group; of the one after the last, how many rows there are.</summary>
    int First(int group);

    /// <summary>How many sources a group attends to.</summary>
    int Count(int group);

    /// <summary>The keys of all heads of a source, side by side.</summary>
    float* Key(int group, int source);

    /// <summary>The values of all heads of a source, side by side.</summary>
    float* Value(int group, int source);
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
/// Attention of single queries, as decoding has them: there is nothing to make a matrix product of, so keys and values are read once as they lie in memory, four sources at a time with all their heads.
/// </summary>
internal static class RowAttention
{
    public static void Run<TSources>(RowAttentionShape shape, TSources sources) where TSources : struct, IRowSources
    {
        if (Simd.Has512) Run<Float512, TSources>(shape, sources);
        else if (Simd.Has256) Run<Float256, TSources>(shape, sources);
        else Run<Float128, TSources>(shape, sources);
    }

    private static void Run<L, TSources>(RowAttentionShape shape, TSources sources) where L : struct, IFloatLane<L> where TSources : struct, IRowSources
    {
        var run = new RowAttentionPart<L, TSources>(shape, sources);
        ThreadTeam.Run(sources.Groups, ref run);
    }
}

/// <summary>
/// A part is a group of rows with all their heads. The weights of four sources are a block: for each head four floats, as many heads in a register as it holds fours. Heads and sources that fill the last register
/// repeat the last that there is; such sources weigh nothing.
/// </summary>
internal readonly unsafe struct RowAttentionPart<L, TSources>(RowAttentionShape shape, TSources sources) : IPart where L : struct, IFloatLane<L> where TSources : struct, IRowSources
{
    private const int Four = 4;
    /// <summary>Blocks that are fetched before they are read.</summary>
    private const int Ahead = 2;
    /// <summary>In floats.</summary>
    private const int CacheLine = 16;

    private readonly RowAttentionShape x = shape;
    private readonly TSources sources = sources;

    /// <summary>Heads of a register.</summary>
    private static int Heads => L.Count / Four;

    public void Run(int part)
    {
        var (first, rows, count) = (sources.First(part), sources.First(part + 1) - sources.First(part), sources.Count(part));
        var output = (float*)x.Output + ((nint)first * x.Heads * x.Depth);
        if (count == 0)
        {
            new Span<float>(output, rows * x.Heads * x.Depth).Clear();
            return;
        }
        var (blocks, registers) = ((count + Four - 1) / Four, (x.Heads + Heads - 1) / Heads);
        nint block = registers * L.Count, row = blocks * block;
        var weights = Scratch.Mine.Attention.Of(rows * row);
        var four = stackalloc float*[Four];
        for (var b = 0; b < blocks; b++)
        {
            if (b + Ahead < blocks) FetchKeys(part, b + Ahead, count);
            else FetchValues(part, b + Ahead - blocks, count);
            for (var s = 0; s < Four; s++) four[s] = sources.Key(part, Math.Min((b * Four) + s, count - 1));
            for (var r = 0; r < rows; r++) Score((float*)x.Query + ((first + r) * x.Step), four, x.Heads, x.Width, x.Scale, weights + (r * row) + (b * block));
        }
        for (var r = 0; r < rows; r++)
        for (var register = 0; register < registers; register++) Weigh(weights + (r * row) + (register * L.Count), blocks, block, count);
        for (var b = 0; b < blocks; b++)
        {
            if (b + Ahead < blocks) FetchValues(part, b + Ahead, count);
            else if (part + 1 < sources.Groups) FetchKeys(part + 1, b + Ahead - blocks, sources.Count(part + 1));
            for (var s = 0; s < Four; s++) four[s] = sources.Value(part, Math.Min((b * Four) + s, count - 1));
            for (var r = 0; r < rows; r++) Add(weights + (r * row) + (b * block), four, x.Heads, x.Depth, output + ((nint)r * x.Heads * x.Depth), isFirst: b == 0);
        }
    }

    private void FetchKeys(int group, int block, int count)
    {
        for (var s = block * Four; s < Math.Min(count, (block + 1) * Four); s++) Fetch(sources.Key(group, s), x.Heads * x.Width);
    }

    private void FetchValues(int group, int block, int count)
    {
        for (var s = block * Four; s < Math.Min(count, (block + 1) * Four); s++) Fetch(sources.Value(group, s), x.Heads * x.Depth);
    }

    /// <summary>Has a row brought to the first cache: rows lie anywhere, so that the processor does not foresee them.</summary>
    private static void Fetch(float* row, int length)
    {
        if (Sse.IsSupported) for (var i = 0; i < length; i += CacheLine) Sse.Prefetch0(row + i);
    }

    /// <summary>query · key · scale of four sources for all heads.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Score(float* query, float** keys, int heads, int width, float scale, float* scores)
    {
        float* key0 = keys[0], key1 = keys[1], key2 = keys[2], key3 = keys[3];
        for (var head = 0; head < heads; head += Heads, scores += L.Count)
        {
            var sums = Products(query, key0, key1, key2, key3, head * width, width);
            if (L.Count >= 8) sums = Pairs(sums, Products(query, key0, key1, key2, key3, Math.Min(head + 1, heads - 1) * width, width));
            if (L.Count >= 16)
            {
                var more = Products(query, key0, key1, key2, key3, Math.Min(head + 2, heads - 1) * width, width);
                sums = Pairs(sums, Pairs(more, Products(query, key0, key1, key2, key3, Math.Min(head + 3, heads - 1) * width, width)));
            }
            L.Store(scores, sums * L.Broadcast(scale));
        }
    }

    /// <summary>Products of a head's query with four keys, summed as far as <see cref="Pairs"/> has gone twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static L Products(float* query, float* key0, float* key1, float* key2, float* key3, nint first, int width)
    {
        L sum0 = L.Zero, sum1 = L.Zero, sum2 = L.Zero, sum3 = L.Zero;
        var (i, end) = (first, first + width);
        for (; i <= end - L.Count; i += L.Count)
        {
            var q = L.Load(query + i);
            sum0 = L.MultiplyAdd(q, L.Load(key0 + i), sum0);
            sum1 = L.MultiplyAdd(q, L.Load(key1 + i), sum1);
            sum2 = L.MultiplyAdd(q, L.Load(key2 + i), sum2);
            sum3 = L.MultiplyAdd(q, L.Load(key3 + i), sum3);
        }
        if (i < end)
        {
            var rest = (int)(end - i);
            var q = L.LoadPart(query + i, rest);
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

    /// <summary>The softmax over the sources of the heads of a register, which lies in each block.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Weigh(float* scores, int blocks, nint block, int count)
    {
        var largest = L.Load(scores);
        for (var b = 1; b < blocks; b++) largest = L.AtLeast(largest, L.Load(scores + (b * block)));
        largest = L.AtLeast(L.Even(largest, largest), L.Odd(largest, largest));
        largest = Spread(L.AtLeast(L.Even(largest, largest), L.Odd(largest, largest)));
        var sum = L.Zero;
        for (var b = 0; b < blocks; b++)
        {
            var exp = L.Exp(L.Load(scores + (b * block)) - largest);
            if (count - (b * Four) < Four) exp *= Present(count - (b * Four));
            sum += exp;
            L.Store(scores + (b * block), exp);
        }
        sum = Pairs(sum, sum);
        var share = L.One / Spread(Pairs(sum, sum));
        for (var b = 0; b < blocks; b++) L.Store(scores + (b * block), L.Load(scores + (b * block)) * share);
    }

    /// <summary>Each of the first elements four times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static L Spread(L x)
    {
        x = L.ZipLow(x, x);
        return L.ZipLow(x, x);
    }

    /// <summary>1 for so many of each four, 0 for the rest.</summary>
    private static L Present(int count)
    {
        var pattern = stackalloc float[L.Count];
        for (var i = 0; i < L.Count; i++) pattern[i] = i % Four < count ? 1 : 0;
        return L.Load(pattern);
    }

    /// <summary>output + Σ weight · value of four sources for all heads.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Add(float* weights, float** values, int heads, int depth, float* output, bool isFirst)
    {
        float* value0 = values[0], value1 = values[1], value2 = values[2], value3 = values[3];
        nint i = 0;
        for (var head = 0; head < heads; head++, weights += Four)
        {
            L weight0 = L.Broadcast(weights[0]), weight1 = L.Broadcast(weights[1]), weight2 = L.Broadcast(weights[2]), weight3 = L.Broadcast(weights[3]);
            var end = i + depth;
            for (; i <= end - L.Count; i += L.Count)
            {
                var sum = isFirst ? L.Zero : L.Load(output + i);
                sum = L.MultiplyAdd(weight0, L.Load(value0 + i), sum);
                sum = L.MultiplyAdd(weight1, L.Load(value1 + i), sum);
                sum = L.MultiplyAdd(weight2, L.Load(value2 + i), sum);
                L.Store(output + i, L.MultiplyAdd(weight3, L.Load(value3 + i), sum));
            }
            if (i < end)
            {
                var rest = (int)(end - i);
                var sum = isFirst ? L.Zero : L.LoadPart(output + i, rest);
                sum = L.MultiplyAdd(weight0, L.LoadPart(value0 + i, rest), sum);
                sum = L.MultiplyAdd(weight1, L.LoadPart(value1 + i, rest), sum);
                sum = L.MultiplyAdd(weight2, L.LoadPart(value2 + i, rest), sum);
                L.StorePart(output + i, L.MultiplyAdd(weight3, L.LoadPart(value3 + i, rest), sum), rest);
                i = end;
            }
        }
    }
}
