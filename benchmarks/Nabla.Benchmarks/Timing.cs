using System.Diagnostics;

namespace Nabla.Benchmarks;

/// <summary>Milliseconds per unit of work over all samples.</summary>
internal sealed record Times(double Minimum, double Median)
{
    public static Times Of(List<double> samples)
    {
        samples.Sort();
        return new(samples[0], samples[samples.Count / 2]);
    }
}

/// <summary>
/// Times two sides in turns, A B A B, so that whatever else the machine does falls on both. Each turn begins with a pause, in which the
/// other side's spinning workers go to sleep, and a run that is not timed, which brings this side's data back into the caches. Turns go on
/// until both sides have come close to their minimum several times, so that one quiet moment of a busy machine decides nothing. A sample of
/// Nabla's lasts until it holds a garbage collection, unless it is long already: its own garbage is in its time.
/// </summary>
internal static class Timing
{
    const double WarmUp = 500, Sample = 4, LongSample = 20, Turn = 40, Budget = 1500, LongBudget = 12000, Close = 1.03;
    const int Pause = 6, TimesClose = 4;

    public static (Times Nabla, Times Peer) Interleave(Workload workload, Side nabla, Side peer)
    {
        var (ours, theirs) = (new Series(nabla.Run, workload.Units, collections: 1), new Series(peer.Run, workload.Units, collections: 0));
        var rounds = Math.Max(5, (int)(Budget / Math.Max(Turn, Math.Max(ours.Estimate, theirs.Estimate))));
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < rounds || (clock.ElapsedMilliseconds < LongBudget && !(ours.IsSettled && theirs.IsSettled)); round++)
        {
            ours.TakeTurn();
            theirs.TakeTurn();
        }
        return (Times.Of(ours.Samples), Times.Of(theirs.Samples));
    }

    sealed class Series
    {
        readonly Action run;
        readonly int units, collections, runsPerSample;

        public Series(Action run, int units, int collections)
        {
            (this.run, this.units, this.collections) = (run, units, collections);
            var clock = Stopwatch.StartNew();
            do
            {
                var started = clock.Elapsed;
                run();
                Estimate = (clock.Elapsed - started).TotalMilliseconds;
            } while (clock.ElapsedMilliseconds < WarmUp);
            runsPerSample = Math.Max(1, (int)(Sample / Estimate));
        }

        /// <summary>Milliseconds of one run, roughly.</summary>
        public double Estimate { get; }

        public List<double> Samples { get; } = [];

        public bool IsSettled => Samples.Min() * Close is var close && Samples.Count(sample => sample <= close) >= TimesClose;

        public void TakeTurn()
        {
            Thread.Sleep(Pause);
            run();
            var turn = Stopwatch.StartNew();
            do Samples.Add(TakeSample()); while (turn.ElapsedMilliseconds < Turn);
        }

        double TakeSample()
        {
            var before = GC.CollectionCount(0);
            var runs = 0;
            var started = Stopwatch.GetTimestamp();
            double elapsed;
            do
            {
                for (var i = 0; i < runsPerSample; i++)
                    run();
                runs += runsPerSample;
                elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            } while (elapsed < LongSample && GC.CollectionCount(0) - before < collections);
            return elapsed / runs / units;
        }
    }
}
