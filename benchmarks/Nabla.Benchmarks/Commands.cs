using System.Diagnostics;
using Nabla.Benchmarks.Workloads;

namespace Nabla.Benchmarks;

/// <summary>What the command line does; each returns the exit code.</summary>
internal static class Commands
{
    /// <summary>Several workloads each get a process of their own: what one leaves behind, in the C library's memory above all, is not to change what another measures.</summary>
    public static int Compare(IReadOnlyList<Workload> workloads, string peer, int threads, string? json, string? markdown)
    {
        var comparison = new Comparison(peer, threads);
        Console.WriteLine(comparison.Headline);
        var results = new List<Result>();
        try
        {
            foreach (var workload in workloads)
            {
                results.Add(workloads.Count == 1 ? comparison.Run(workload) : Comparison.RunApart(workload, peer, threads));
                if (workloads.Count > 1)
                    Console.Error.WriteLine(FormattableString.Invariant($"{workload.Name}: {results[^1].Ratio:0.00}×"));
            }
        }
        catch (DisagreementException difference)
        {
            Console.Error.WriteLine($"The outputs differ, so nothing is timed. {difference.Message}");
            return 1;
        }
        catch (InvalidOperationException failure)
        {
            Console.Error.WriteLine(failure.Message);
            return 1;
        }
        Report.Print(peer, results);
        if (json is not null)
            Result.Write(json, results);
        if (markdown is not null)
            Report.UpdatePage(markdown, comparison.Headline, threads, results);
        return 0;
    }

    public static int Check(string? parity, bool float64, string? soak, int threads)
    {
        Engines.UseThreads(Engines.Nabla, threads);
        if (parity is not null)
            Engines.UseThreads(Engines.TorchSharp, threads);
        return (parity is null || Checks.Parity(parity, float64)) & (soak is null || Checks.Soak(soak)) ? 0 : 1;
    }

    /// <summary>One side alone. The time of a processor hardly depends on what else the machine does.</summary>
    public static int RunAlone(Workload workload, string side, int threads)
    {
        const double seconds = 20;
        if (side != Engines.Nabla && !workload.Peers.ContainsKey(side))
        {
            Console.Error.WriteLine($"--side {side}: {workload.Name} has {string.Join(", ", workload.Peers.Keys.Prepend(Engines.Nabla))}.");
            return 2;
        }
        if (workload.Missing() is { } missing)
        {
            Console.Error.WriteLine($"--alone {workload.Name}: {missing}.");
            return 2;
        }
        Engines.UseThreads(side, threads);
        var run = workload[side]().Run;
        var (clock, least, leastBusy) = (Stopwatch.StartNew(), double.PositiveInfinity, double.PositiveInfinity);
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            var (started, busy) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            run();
            least = Math.Min(least, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            leastBusy = Math.Min(leastBusy, (Environment.CpuUsage.TotalTime - busy).TotalMilliseconds);
        }
        Console.WriteLine(FormattableString.Invariant(
            $"{workload.Name}, {Engines.Title(side)}: at least {least:0.00} ms, {leastBusy:0.00} ms of a processor, {workload.Flops / leastBusy / 1e6:0} GFLOP/s of it"));
        return 0;
    }

    /// <summary>The embeddings of a real checkpoint beside those of others.</summary>
    public static int CheckEmbeddings(int threads)
    {
        if (MiniLm.Missing is { } missing)
        {
            Console.Error.WriteLine($"--check minilm: {missing}.");
            return 2;
        }
        Engines.UseThreads(Engines.Nabla, threads);
        Engines.UseThreads(Engines.OnnxRuntime, threads);
        return EmbeddingCheck.Holds() ? 0 : 1;
    }
}
