using System.Diagnostics;
using Nabla.Benchmarks.Workloads;

namespace Nabla.Benchmarks;

/// <summary>How the time of a training step grows with the batch, and how it shrinks with a second thread.</summary>
internal static class Scaling
{
    const double Doubled = 2.2, SecondThread = 1.6, Seconds = 2;
    const int Sizes = 4, LeastTurns = 5;

    /// <summary>Prints what it sees and returns whether twice the batch takes at most 2.2 times as long, and two threads are at least 1.6 times as fast as one.</summary>
    public static bool Holds(string name)
    {
        var training = Trainings.Of(name);
        int[] batches = [.. Enumerable.Range(0, Sizes).Select(i => training.Batch << i >> 2)];
        int[] threads = Environment.ProcessorCount > 1 ? [1, 2] : [1];
        var cases = (from batch in batches from count in threads select (batch, count)).ToArray();
        var sides = batches.ToDictionary(batch => batch, batch => (training with { Batch = batch }).Row.Nabla());
        var least = Least([.. cases.Select(c => (Action)(() =>
        {
            Engines.UseThreads(Engines.Nabla, c.count);
            sides[c.batch].Run();
        }))]);
        var times = cases.Zip(least).ToDictionary(pair => pair.First, pair => pair.Second);
        Console.WriteLine($"{name}: milliseconds of a training step\nbatch  {string.Join("  ", threads.Select(count => $"{count} thread{(count > 1 ? "s" : " ")}"))}   ratio");
        foreach (var batch in batches)
            Console.WriteLine(FormattableString.Invariant($"{batch,5}  {string.Join("  ", threads.Select(count => FormattableString.Invariant($"{times[(batch, count)],8:0.00}")))}   {times[(batch, 1)] / times[(batch, threads[^1])],5:0.00}"));
        var growth = batches.Zip(batches.Skip(1)).Max(pair => times[(pair.Second, 1)] / times[(pair.First, 1)]);
        var speedup = times[(training.Batch, 1)] / times[(training.Batch, threads[^1])];
        Console.WriteLine(FormattableString.Invariant($"Twice the batch takes at most {growth:0.00} times as long; allowed: {Doubled:0.00}."));
        Console.WriteLine(FormattableString.Invariant($"Two threads at batch {training.Batch}: {speedup:0.00} times as fast; at least {SecondThread:0.00}."));
        return growth <= Doubled && (threads.Length == 1 || speedup >= SecondThread);
    }

    /// <summary>The least milliseconds of each, in turns.</summary>
    static double[] Least(Action[] runs)
    {
        var least = new double[runs.Length];
        Array.Fill(least, double.PositiveInfinity);
        foreach (var run in runs) run();
        var clock = Stopwatch.StartNew();
        for (var turn = 0; turn < LeastTurns || clock.Elapsed.TotalSeconds < Seconds * runs.Length; turn++)
        {
            for (var i = 0; i < runs.Length; i++)
            {
                runs[i]();
                var started = Stopwatch.GetTimestamp();
                runs[i]();
                least[i] = Math.Min(least[i], Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        }
        return least;
    }
}
