using System.Diagnostics;
using System.Globalization;

namespace Nabla.Benchmarks;

/// <summary>The most resident memory that one side needs, runtime and native libraries included: measured in a process that does nothing else.</summary>
internal static class PeakMemory
{
    const double Seconds = 0.5;
    const int LeastRuns = 3;

    /// <summary>Megabytes, from a child process that runs <paramref name="side"/> alone.</summary>
    public static double Measure(string workload, string side, int threads) =>
        double.Parse(OwnProcess.Run("--measure-memory", workload, side, "--threads", threads.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

    /// <summary>The child's part: runs the workload for a while and prints the peak.</summary>
    public static void Report(Workload workload, string side, int threads)
    {
        Engines.UseThreads(side, threads);
        var run = workload[side]().Run;
        var clock = Stopwatch.StartNew();
        for (var runs = 0; runs < LeastRuns || clock.Elapsed.TotalSeconds < Seconds; runs++)
            run();
        using var process = Process.GetCurrentProcess();
        Console.WriteLine((process.PeakWorkingSet64 / 1e6).ToString("0.0", CultureInfo.InvariantCulture));
    }
}
