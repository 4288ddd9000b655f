using Nabla.Backends.Cpu;

namespace Nabla.Tests.Backends.Cpu;

[Collection(nameof(ThreadTeam))]
public sealed class ThreadTeamTests
{
    readonly struct Count(int[] visits) : IPart
    {
        public void Run(int part) => Interlocked.Increment(ref visits[part]);
    }

    readonly struct Nested(int[] visits) : IPart
    {
        public void Run(int part)
        {
            var inner = new Count(visits);
            ThreadTeam.Run(visits.Length, ref inner);
        }
    }

    readonly struct Fail(int at) : IPart
    {
        public void Run(int part)
        {
            if (part == at) throw new InvalidOperationException($"part {part}");
        }
    }

    readonly struct Mark(byte[] marks) : IRange
    {
        public void Run(long start, long end)
        {
            for (var i = start; i < end; i++) marks[i]++;
        }
    }

    struct Sum(int[] values) : IPart
    {
        public long Total;
        public void Run(int part) => Interlocked.Add(ref Total, values[part]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_part_runs_once(int threads) => With(threads, () =>
    {
        for (var parts = 0; parts < 70; parts++)
        {
            var visits = new int[parts];
            var body = new Count(visits);
            ThreadTeam.Run(parts, ref body);
            Assert.All(visits, v => Assert.Equal(1, v));
        }
    });

    [Fact]
    public void Many_jobs_in_a_row_lose_nothing() => With(3, () =>
    {
        var visits = new int[4];
        var body = new Count(visits);
        for (var job = 0; job < 20_000; job++) ThreadTeam.Run(4, ref body);
        Assert.All(visits, v => Assert.Equal(20_000, v));
    });

    [Fact]
    public void Workers_come_back_after_a_pause() => With(2, () =>
    {
        var visits = new int[8];
        var body = new Count(visits);
        for (var job = 0; job < 20; job++)
        {
            Thread.Sleep(2);
            ThreadTeam.Run(8, ref body);
        }
        Assert.All(visits, v => Assert.Equal(20, v));
    });

    [Fact]
    public void What_the_parts_write_into_the_body_reaches_the_caller() => With(2, () =>
    {
        var body = new Sum([1, 2, 3, 4, 5]);
        ThreadTeam.Run(5, ref body);
        Assert.Equal(15, body.Total);
    });

    [Fact]
    public void A_team_inside_a_part_runs_serially() => With(2, () =>
    {
        var visits = new int[5];
        var body = new Nested(visits);
        ThreadTeam.Run(6, ref body);
        Assert.All(visits, v => Assert.Equal(6, v));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void An_exception_of_a_part_reaches_the_caller_and_the_team_lives_on(int threads) => With(threads, () =>
    {
        for (var at = 0; at < 6; at++)
        {
            var body = new Fail(at);
            Assert.Equal($"part {at}", Assert.Throws<InvalidOperationException>(() => ThreadTeam.Run(6, ref body)).Message);
        }
        var sound = new Fail(-1);
        ThreadTeam.Run(6, ref sound);
    });

    [Fact]
    public void Callers_on_many_threads_do_not_disturb_each_other() => With(2, () =>
    {
        var callers = Enumerable.Range(0, 6).Select(_ => Task.Factory.StartNew(() =>
        {
            var visits = new int[3];
            var body = new Count(visits);
            for (var job = 0; job < 2_000; job++) ThreadTeam.Run(3, ref body);
            return visits;
        }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Assert.All(callers.SelectMany(caller => caller.GetAwaiter().GetResult()), v => Assert.Equal(2_000, v));
    });

    [Theory]
    [InlineData(0, 16)]
    [InlineData(1, 16)]
    [InlineData(1000, 1)]
    [InlineData(1001, 100)]
    [InlineData(1001, 2000)]
    public void Ranges_cover_the_length_once(int length, int grain) => With(2, () =>
    {
        var marks = new byte[length];
        var body = new Mark(marks);
        ThreadTeam.Run(length, grain, ref body);
        Assert.All(marks, m => Assert.Equal(1, m));
    });

    [Fact]
    public void A_hot_team_allocates_nothing() => With(2, () =>
    {
        var body = new Count(new int[2]);
        ThreadTeam.Run(2, ref body);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var job = 0; job < 100; job++) ThreadTeam.Run(2, ref body);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    });

    [Fact]
    public void A_team_without_threads_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => ThreadTeam.Threads = 0);

    static void With(int threads, Action action)
    {
        var before = ThreadTeam.Threads;
        ThreadTeam.Threads = threads;
        try
        {
            action();
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }
}
