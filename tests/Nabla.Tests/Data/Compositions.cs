using CsCheck;
using Nabla.Data;

namespace Nabla.Tests.Data;

/// <summary>Pipelines of numbers put together at random.</summary>
static class Compositions
{
    /// <summary>A step, as it is written and as it is applied.</summary>
    public sealed record Step(string Text, Func<Pipeline<long>, Pipeline<long>> Apply);

    /// <summary>A source and up to five steps.</summary>
    public static Gen<(string Text, Pipeline<long> Pipeline)> All =>
        Gen.Select(Source, AnyStep.List[0, 5], (source, steps) =>
            (string.Concat(source.Text, string.Concat(steps.Select(step => step.Text))), steps.Aggregate(source.Pipeline, (pipeline, step) => step.Apply(pipeline))));

    static Gen<(string Text, Pipeline<long> Pipeline)> Source => Gen.Select(Gen.Int[0, 40], Gen.Int[0, 3], Gen.ULong[0, 9], (count, kind, seed) => kind switch
    {
        0 => ($"dataset of {count}", Numbers(count)),
        1 => ($"dataset of {count}.Shuffle({seed})", Numbers(count).Shuffle(seed)),
        2 => ($"part of dataset of {count}", Numbers(count).Skip(2).Take(20).Map(x => x * 3)),
        _ => ($"sequence of {count}", Pipeline.From(Enumerable.Range(0, count).Select(i => (long)i))),
    });

    static Gen<Step> AnyStep => Gen.Select(Gen.Int[0, 12], Gen.Int[1, 7], Gen.ULong[0, 9], (kind, n, seed) => kind switch
    {
        0 => new Step(".Map", p => p.Map(x => (x * 7) + 1)),
        1 => new Step($".Map(random, {seed})", p => p.Map((x, random) => (x * 31) + random.NextInt(1000), seed)),
        2 => new Step($".Shuffle({seed}, {n})", p => p.Shuffle(seed, n)),
        3 => new Step($".Batch({n})", p => p.Batch(n, items => items.Aggregate(17L, (sum, x) => (sum * 31) + x))),
        4 => new Step($".Batch({n}, dropLast)", p => p.Batch(n, items => items.Sum(), dropLast: true)),
        5 => new Step($".Prefetch({n}, {1 + (int)(seed % 4)})", p => p.Prefetch(n, 1 + (int)(seed % 4))),
        6 => new Step($".Repeat({n})", p => p.Repeat(1 + (n % 3))),
        7 => new Step($".Where(% {n + 1})", p => p.Where(x => x % (n + 1) != 0)),
        8 => new Step($".SortByLength({n})", p => p.SortByLength(Length, n)),
        9 => new Step($".BatchByTokens({10 + n})", p => p.BatchByTokens(10 + n, Length, items => items.Aggregate(17L, (sum, x) => (sum * 31) + x))),
        10 => new Step($".Take({3 * n})", p => p.Take(3 * n)),
        11 => new Step($".Concat({n})", p => Pipeline.Concat(Numbers(n).Shuffle(seed), p, Numbers(n % 3))),
        _ => new Step($".Skip({n})", p => p.Skip(n)),
    });

    static int Length(long x) => (int)((ulong)x % 10);

    public static Dataset<long> Numbers(int count) => Dataset.From(count, i => i);

    /// <summary>All that is left of a walk.</summary>
    public static List<T> Rest<T>(this Cursor<T> cursor)
    {
        var items = new List<T>();
        while (cursor.MoveNext()) items.Add(cursor.Current);
        return items;
    }

    /// <summary>All of an epoch.</summary>
    public static List<T> Epoch<T>(this Pipeline<T> pipeline, int epoch)
    {
        using var cursor = pipeline.Open(epoch);
        return cursor.Rest();
    }
}
