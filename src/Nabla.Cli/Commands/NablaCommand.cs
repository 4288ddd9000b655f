using System.CommandLine;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary>A command with examples, whose mistakes reach the user as one line and an exit code.</summary>
abstract class NablaCommand : Command
{
    readonly Terminal terminal;

    protected NablaCommand(Terminal terminal, string name, string description) : base(name, description)
    {
        this.terminal = terminal;
        // On a thread of its own, so that the process can end where the work does not reach its next step in time.
        SetAction((parse, cancellation) => Task.Run(() => Guarded(parse, cancellation), CancellationToken.None));
    }

    /// <summary>Command lines to try, each with what it does.</summary>
    public abstract IReadOnlyList<(string Line, string Meaning)> Examples { get; }

    /// <summary>How long Ctrl-C waits for it to stop between two steps before the process ends anyway.</summary>
    public virtual TimeSpan Patience => TimeSpan.FromSeconds(2);

    /// <summary>Does the work and returns the exit code.</summary>
    protected abstract int Run(ParseResult parse, CancellationToken cancellation);

    int Guarded(ParseResult parse, CancellationToken cancellation)
    {
        try
        {
            return Run(parse, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            terminal.Problem("stopped.");
            return ExitCodes.Cancelled;
        }
        catch (Exception problem) when (problem is UserException or IOException or UnauthorizedAccessException)
        {
            terminal.Problem(problem.Message);
            return ExitCodes.Usage;
        }
        catch (TrainingException obstacle)
        {
            terminal.Problem(obstacle.Message);
            return obstacle.Fault == TrainingFault.Diverged ? ExitCodes.CheckFailed : ExitCodes.Usage;
        }
        catch (Exception defect)
        {
            terminal.Problem($"a defect of nabla's own, please report it: {defect}");
            return ExitCodes.CheckFailed;
        }
    }
}
