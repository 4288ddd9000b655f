using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Nabla.Benchmarks;

/// <summary>What the numbers were measured on.</summary>
internal static class Machine
{
    public static string Processor { get; } = NameProcessor();

    public static string InstructionSet { get; } =
        Vector512.IsHardwareAccelerated ? "AVX-512" : Vector256.IsHardwareAccelerated ? "AVX2" : Vector128.IsHardwareAccelerated ? "128-bit vectors" : "scalar";

    /// <summary>
    /// The most float32 multiply-adds, counted as two operations each, that <paramref name="threads"/> threads finished in a second:
    /// the best of many short trials, with as many independent sums in registers as hide the latency.
    /// </summary>
    public static double MeasurePeakFlops(int threads)
    {
        const int trials = 40;
        var elapsed = new double[threads, trials];
        using var barrier = new Barrier(threads);
        var workers = Enumerable.Range(0, threads).Select(worker => new Thread(() =>
        {
            for (var trial = 0; trial < trials; trial++)
            {
                barrier.SignalAndWait();
                var started = Stopwatch.GetTimestamp();
                MultiplyAdds.Run();
                elapsed[worker, trial] = Stopwatch.GetElapsedTime(started).TotalSeconds;
            }
        })).ToArray();
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        return Enumerable.Range(0, trials).Max(trial => threads * MultiplyAdds.FlopsPerRun / Enumerable.Range(0, threads).Max(worker => elapsed[worker, trial]));
    }

    static string NameProcessor()
    {
        if (!File.Exists("/proc/cpuinfo"))
            return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var facts = File.ReadLines("/proc/cpuinfo").TakeWhile(line => line.Length > 0).Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries))
            .Where(pair => pair.Length == 2).ToLookup(pair => pair[0], pair => pair[1]);
        var name = facts["model name"].FirstOrDefault() ?? RuntimeInformation.ProcessArchitecture.ToString();
        return facts["cpu family"].FirstOrDefault() is { } family ? $"{name} (family {family}, model {facts["model"].First()})" : name;
    }
}
