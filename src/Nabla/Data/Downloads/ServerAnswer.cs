using System.Globalization;

namespace Nabla.Data;

/// <summary>What an answer without content says about another attempt.</summary>
internal static class ServerAnswer
{
    /// <summary>
    /// The error for an answer that is no success. It is final for what the client did wrong, unless it asked too early or too often.
    /// </summary>
    public static DownloadException Error(HttpResponseMessage response, TimeProvider clock)
    {
        var status = (int)response.StatusCode;
        return new($"{status} {response.ReasonPhrase}", isFinal: status is < 500 and not (408 or 416 or 429))
        {
            RetryAfter = status is 429 or 503 ? RetryAfter(response, clock) : null,
        };
    }

    /// <summary>
    /// The pause that the server asks for: the Retry-After header, seconds or a date (RFC 9110, section 10.2.3), or else the seconds
    /// until the limit is renewed, <c>t</c> of the RateLimit header.
    /// </summary>
    public static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider clock)
    {
        if (response.Headers.RetryAfter is { } header)
            return header.Delta ?? (header.Date - clock.GetUtcNow() is { } until && until > TimeSpan.Zero ? until : TimeSpan.Zero);
        if (!response.Headers.TryGetValues("RateLimit", out var limits)) return null;
        var renewals = from limit in limits
                       from part in limit.Split(';', ',')
                       where part.TrimStart().StartsWith("t=", StringComparison.Ordinal)
                       select part.Trim()[2..];
        return int.TryParse(renewals.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
    }
}
