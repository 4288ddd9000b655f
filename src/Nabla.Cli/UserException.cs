namespace Nabla.Cli;

/// <summary>Something the user can put right. The message says what is wrong and the remedy; the process ends with <see cref="ExitCodes.Usage"/>, without a stack trace.</summary>
sealed class UserException(string message) : Exception(message);

/// <summary>What the process returns.</summary>
static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The command ran and a check it made does not hold.</summary>
    public const int CheckFailed = 1;

    /// <summary>An unknown option, a missing file, an input that cannot be read.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C: 128 + SIGINT, as shells have it.</summary>
    public const int Cancelled = 130;
}
