namespace Nabla.Data;

/// <summary>How often a request is repeated, after which pauses, and how long each may be silent.</summary>
internal sealed record Retry
{
    /// <summary>Attempts in a row that bring nothing new.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>The pause before the second attempt. It doubles with each failure, up to <see cref="LongestPause"/>.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The longest pause that a server may ask for.</summary>
    public TimeSpan LongestRetryAfter { get; init; } = TimeSpan.FromMinutes(6);

    /// <summary>How long nothing may arrive.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Waits for a pause.</summary>
    public Func<TimeSpan, CancellationToken, Task> Delay { get; init; } = Task.Delay;

    /// <summary>The clock that <see cref="Patience"/> is measured by.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// Repeats an attempt that fails by its connection until it succeeds, or fails <see cref="Attempts"/> times in a row without anything
    /// new.
    /// </summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="arrived">Bytes that have arrived in all attempts, if failed ones leave something.</param>
    /// <exception cref="DownloadException">The last attempt's problem.</exception>
    public async Task<T> RunAsync<T>(Func<Stall, Task<T>> attempt, CancellationToken cancellation, Func<long>? arrived = null)
    {
        var (failures, pause, most) = (0, Pause, arrived?.Invoke() ?? 0);
        while (true)
        {
            var wait = pause;
            try
            {
                using var stall = new Stall(Patience, Clock, cancellation);
                return await attempt(stall).ConfigureAwait(false);
            }
            catch (Exception error) when (IsTransient(error) && !cancellation.IsCancellationRequested)
            {
                // More than ever before, so that attempts that start over come to an end.
                if (arrived?.Invoke() is { } bytes && bytes > most) (failures, wait, most) = (0, Pause, bytes);
                else failures++;
                if (failures >= Attempts) throw Last(error);
                if ((error as DownloadException)?.RetryAfter is { } asked)
                    wait = asked <= LongestRetryAfter ? asked
                        : throw new DownloadException($"{error.Message}; the server asks to wait {asked.TotalSeconds:0} s", isFinal: true);
            }
            await Delay(wait, cancellation).ConfigureAwait(false);
            pause = wait * 2 < LongestPause ? wait * 2 : LongestPause;
        }
    }

    /// <summary>A connection that was refused or cut, an attempt that stalled, an answer that may be another the next time.</summary>
    private static bool IsTransient(Exception error) =>
        error is HttpRequestException or OperationCanceledException or DownloadException { IsFinal: false };

    private DownloadException Last(Exception error) => error switch
    {
        DownloadException download => new(download.Message, isFinal: true, download.Fault),
        OperationCanceledException => new($"nothing arrived for {Patience.TotalSeconds:0} s", isFinal: true),
        _ => new(error.GetBaseException().Message, isFinal: true),
    };
}
