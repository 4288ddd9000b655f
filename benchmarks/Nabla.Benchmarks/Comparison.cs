using System.Globalization;

namespace Nabla.Benchmarks;

/// <summary>One peer, one number of threads: runs workloads side by side.</summary>
internal sealed class Comparison
{
    readonly string peer;
    readonly int threads;

    public Comparison(string peer, int threads)
    {
        (this.peer, this.threads) = (peer, threads);
        Engines.UseThreads(Engines.Nabla, threads);
        Engines.UseThreads(peer, threads);
        PeakFlops = Machine.MeasurePeakFlops(threads);
    }

    /// <summary>Float32 operations a second that this many threads reach doing nothing but multiply-adds.</summary>
    public double PeakFlops { get; }

    public string Headline => FormattableString.Invariant(
        $"{Machine.Processor} · {Machine.InstructionSet} · {threads} of {Environment.ProcessorCount} threads · .NET {Environment.Version} · {Engines.Version(Engines.Nabla)} · {Engines.Version(peer)} · FMA peak {PeakFlops / 1e9:0} GFLOP/s");

    /// <summary>In a process of its own.</summary>
    public static Result RunApart(Workload workload, string peer, int threads)
    {
        var file = Path.GetTempFileName();
        try
        {
            OwnProcess.Run("--only", workload.Name, "--peer", peer, "--threads", threads.ToString(CultureInfo.InvariantCulture), "--json", file);
            return Result.Read(file).Single() with { Goal = workload.Peers[peer].Goal };
        }
        finally
        {
            File.Delete(file);
        }
    }

    public Result Run(Workload workload)
    {
        var (ours, theirs) = (workload.Nabla(), workload[peer]());
        Agreement.Check(workload, ours.Outputs(), theirs.Outputs(), peer);
        var (nabla, other) = Timing.Interleave(workload, ours, theirs);
        return new(
            workload.Name, peer, threads, nabla.Minimum, nabla.Median, other.Minimum, other.Median, other.Minimum / nabla.Minimum,
            workload.Flops > 0 ? workload.Flops / (nabla.Minimum / 1e3) / PeakFlops : null,
            Peak(Engines.Nabla), Peak(peer))
        { Goal = workload.Peers[peer].Goal };

        double Peak(string side) => workload.PeakMegabytes?.Invoke(side) ?? PeakMemory.Measure(workload.Name, side, threads);
    }
}
