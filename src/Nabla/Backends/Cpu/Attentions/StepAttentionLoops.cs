using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>Attentions of one query a row, whose keys and values lie in a matrix for each step.</summary>
/// <param name="Query">[rows, heads · width]</param>
/// <param name="Output">[rows, heads · width]</param>
/// <param name="Addresses">Of each step's keys, then of each step's values.</param>
/// <param name="Places">For each row and each step the row of its matrix.</param>
/// <param name="Steps">How many there are.</param>
/// <param name="Heads">Side by side.</param>
/// <param name="Width">Of a head.</param>
/// <param name="Scale">Of the scores.</param>
internal readonly unsafe record struct StepAttentionProblem(nint Query, nint Output, nint[] Addresses, int[] Places, int Steps, int Heads, int Width, float Scale)
{
    public StepAttentionProblem(float* query, float* output, nint[] addresses, int[] places, int steps, int heads, int width, float scale)
        : this((nint)query, (nint)output, addresses, places, steps, heads, width, scale)
    {
    }
}

/// <summary>Runs them on the team, a part for each row: every product is as small as one row, so they are dot products, not matrix products.</summary>
internal static class StepAttentionLoops
{
    public static void Run(StepAttentionProblem problem, int rows)
    {
        if (Simd.Has512) Run<Float512>(problem, rows);
        else if (Simd.Has256) Run<Float256>(problem, rows);
        else Run<Float128>(problem, rows);
    }

    private static void Run<L>(StepAttentionProblem problem, int rows) where L : struct, IFloatLane<L>
    {
        var run = new StepAttentionRows<L>(problem);
        ThreadTeam.Run(rows, ref run);
    }
}

/// <summary>A part is a row with all its heads.</summary>
internal readonly unsafe struct StepAttentionRows<L>(StepAttentionProblem problem) : IPart where L : struct, IFloatLane<L>
{
    private readonly StepAttentionProblem x = problem;

    public void Run(int part)
    {
        nint all = x.Heads * x.Width;
        var places = x.Places.AsSpan(part * x.Steps, x.Steps);
        float* query = (float*)x.Query + (part * all), output = (float*)x.Output + (part * all);
        var weights = AttentionScratch.Of((nint)x.Heads * x.Steps);                         // [heads, steps]
        for (var s = 0; s < x.Steps; s++) Score(query, (float*)x.Addresses[s] + (places[s] * all), weights + s);
        for (var head = 0; head < x.Heads; head++) Weigh(weights + (head * x.Steps), x.Steps);
        new Span<float>(output, (int)all).Clear();
        for (var s = 0; s < x.Steps; s++) Add(weights + s, (float*)x.Addresses[x.Steps + s] + (places[s] * all), output);
    }

    /// <summary>The score of each head, query · key · scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score(float* query, float* key, float* scores)
    {
        for (var head = 0; head < x.Heads; head++, query += x.Width, key += x.Width)
        {
            var (sum, i) = (L.Zero, 0);
            for (; i <= x.Width - L.Count; i += L.Count) sum = L.MultiplyAdd(L.Load(query + i), L.Load(key + i), sum);
            if (i < x.Width) sum = L.MultiplyAdd(L.LoadPart(query + i, x.Width - i), L.LoadPart(key + i, x.Width - i), sum);
            scores[head * x.Steps] = L.Sum(sum) * x.Scale;
        }
    }

    /// <summary>Scores → softmax.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Weigh(float* scores, int steps)
    {
        var largest = scores[0];
        for (var s = 1; s < steps; s++) largest = Math.Max(largest, scores[s]);
        var (shift, sum, i) = (L.Broadcast(largest), 0f, 0);
        for (; i < steps; i += L.Count)
        {
            var count = Math.Min(L.Count, steps - i);
            if (count == L.Count) L.Store(scores + i, L.Exp(L.Load(scores + i) - shift));
            else L.StorePart(scores + i, L.Exp(L.LoadPart(scores + i, count) - shift), count);
            for (var s = i; s < i + count; s++) sum += scores[s];
        }
        var factor = 1 / sum;
        for (var s = 0; s < steps; s++) scores[s] *= factor;
    }

    /// <summary>output += weight · value, head by head.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Add(float* weights, float* value, float* output)
    {
        for (var head = 0; head < x.Heads; head++, value += x.Width, output += x.Width)
        {
            var (weight, i) = (L.Broadcast(weights[head * x.Steps]), 0);
            for (; i <= x.Width - L.Count; i += L.Count) L.Store(output + i, L.MultiplyAdd(weight, L.Load(value + i), L.Load(output + i)));
            if (i < x.Width) L.StorePart(output + i, L.MultiplyAdd(weight, L.LoadPart(value + i, x.Width - i), L.LoadPart(output + i, x.Width - i)), x.Width - i);
        }
    }
}
