using System.Net;
using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class ServerAnswerTests
{
    static TimeSpan? Pause(string header, string value)
    {
        using var response = new HttpResponseMessage(HttpStatusCode.TooManyRequests);
        response.Headers.TryAddWithoutValidation(header, value);
        return ServerAnswer.RetryAfter(response, new At(new(2025, 10, 21, 7, 28, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("Retry-After", "120", 120)]
    [InlineData("Retry-After", "0", 0)]
    [InlineData("Retry-After", "Tue, 21 Oct 2025 07:28:30 GMT", 30)]
    [InlineData("Retry-After", "Tue, 21 Oct 2025 07:00:00 GMT", 0)]
    [InlineData("RateLimit", "\"api\";r=0;t=55", 55)]
    public void The_pause_that_a_server_asks_for_is_read(string header, string value, double seconds) =>
        Assert.Equal(seconds, Pause(header, value)?.TotalSeconds);

    [Theory]
    [InlineData("Retry-After", "soon")]
    [InlineData("Retry-After", "-1")]
    [InlineData("RateLimit", "\"api\";r=0")]
    [InlineData("RateLimit", "\"api\";t=-5")]
    public void What_is_no_pause_is_none(string header, string value) => Assert.Null(Pause(header, value));

    [Theory]
    [InlineData(400, true)]
    [InlineData(404, true)]
    [InlineData(408, false)]
    [InlineData(416, false)]
    [InlineData(429, false)]
    [InlineData(500, false)]
    [InlineData(503, false)]
    public void What_the_client_did_wrong_is_not_repeated(int status, bool isFinal)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        Assert.Equal(isFinal, ServerAnswer.Error(response, TimeProvider.System).IsFinal);
    }

    sealed class At(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
