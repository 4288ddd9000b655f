using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class PrefetchTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4)]
    public void An_exception_arrives_where_its_item_would_have_and_the_rest_follows(int threads)
    {
        var pipeline = Compositions.Numbers(20).Map(x => x == 7 ? throw new InvalidOperationException("seven") : x).Prefetch(4, threads);
        using var cursor = pipeline.Open();
        for (var i = 0; i < 7; i++)
        {
            Assert.True(cursor.MoveNext());
            Assert.Equal(i, cursor.Current);
        }
        Assert.Equal("seven", Assert.Throws<InvalidOperationException>(() => cursor.MoveNext()).Message);
        Assert.Equal(Enumerable.Range(8, 12).Select(i => (long)i), cursor.Rest());
    }

    [Theory, InlineData(1), InlineData(3)]
    public void An_exception_of_the_source_itself_arrives_and_stays(int threads)
    {
        static IEnumerable<int> Torn()
        {
            yield return 1;
            throw new IOException("torn");
        }
        using var cursor = Pipeline.From(Torn()).Prefetch(4, threads).Open();
        Assert.True(cursor.MoveNext());
        for (var i = 0; i < 2; i++) Assert.Equal("torn", Assert.Throws<IOException>(() => cursor.MoveNext()).Message);
    }

    [Fact]
    public void As_many_items_are_made_at_once_as_there_are_threads()
    {
        // Each item waits for the other two: with fewer threads at work none would ever be done.
        using var together = new Barrier(3);
        var pipeline = Compositions.Numbers(9).Map(x => together.SignalAndWait(Patience) ? x : throw new TimeoutException()).Prefetch(3, threads: 3);
        Assert.Equal(Enumerable.Range(0, 9).Select(i => (long)i), pipeline);
    }

    [Fact]
    public void No_more_is_made_ahead_than_was_asked_for()
    {
        var made = 0;
        using var cursor = Compositions.Numbers(100).Map(x => Interlocked.Increment(ref made)).Prefetch(5, threads: 2).Open();
        for (var i = 1; i <= 20; i++)
        {
            Assert.True(cursor.MoveNext());
            Assert.InRange(Volatile.Read(ref made), i, i + 5);
        }
    }

    [Fact]
    public void Disposal_stops_the_threads_and_lets_go_of_the_source()
    {
        var ended = false;
        var makers = new HashSet<Thread>();
        IEnumerable<int> Endless()
        {
            try
            {
                for (var i = 0; ; i++) yield return i;
            }
            finally
            {
                ended = true;
            }
        }
        var cursor = Pipeline.From(Endless()).Map(x =>
        {
            lock (makers) makers.Add(Thread.CurrentThread);
            return x;
        }).Prefetch(4, threads: 3).Open();
        Assert.True(cursor.MoveNext());
        cursor.Dispose();
        Assert.True(ended);
        Assert.NotEmpty(makers);
        Assert.DoesNotContain(makers, thread => thread.IsAlive);
        Assert.Throws<ObjectDisposedException>(() => cursor.MoveNext());
    }
}
