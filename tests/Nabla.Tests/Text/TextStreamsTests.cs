using CsCheck;
using Nabla.Text;

namespace Nabla.Tests.Text;

public class TextStreamsTests
{
    [Fact]
    public void Stretches_put_side_by_side_are_the_text()
    {
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 7], Gen.Int[1, 60]).Where((streams, _, extra) => extra >= 1).Sample((streams, steps, extra) =>
        {
            int[] ids = [.. Enumerable.Range(0, streams + extra)];
            var data = new TextStreams(ids, streams, steps);
            var length = (ids.Length - 1) / streams;
            var (seen, next) = (new List<long>[streams], new List<long>[streams]);
            for (var i = 0; i < streams; i++) (seen[i], next[i]) = ([], []);
            var first = true;
            foreach (var stretch in data)
            {
                Assert.Equal(first, stretch.IsFirst);
                first = false;
                for (var i = 0; i < streams; i++)
                {
                    seen[i].AddRange(stretch.Ids[i].ToArray<long>());
                    next[i].AddRange(stretch.Next[i].ToArray<long>());
                }
            }
            for (var i = 0; i < streams; i++)
            {
                Assert.Equal(Enumerable.Range(i * length, length).Select(id => (long)id), seen[i]);
                Assert.Equal(Enumerable.Range((i * length) + 1, length).Select(id => (long)id), next[i]);
            }
            Assert.Equal((long)streams * length, data.Tokens);
        });
    }

    [Fact]
    public void Too_little_text_is_refused_with_the_least_that_is_needed()
    {
        var refused = Assert.Throws<ArgumentException>(() => new TextStreams([1, 2, 3], streams: 3, steps: 2));
        Assert.Contains("3 tokens are too few for 3 streams, which need 4", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, new TextStreams([1, 2, 3, 4], streams: 3, steps: 2).Count);
    }
}
