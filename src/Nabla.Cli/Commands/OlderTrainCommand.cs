using System.CommandLine;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary>A command that trains in a run folder: it begins a run or goes on with one, and stops between two steps with the state saved.</summary>
abstract class OlderTrainCommand(Terminal terminal, string name, string description) : NablaCommand(terminal, name, description)
{
    protected readonly Option<string?> output = new("--output", "-o") { Description = "The run's folder (nabla-runs/DATA-MODEL).", HelpName = "DIR" };
    protected readonly Option<bool> resume = new("--resume") { Description = "Go on with the run in --output where it stopped, to the same bits as if it had not." };
    readonly Option<int?> threads = OptionOf.Count("--threads", "N", "Threads that compute (as many as there are processors). The result does not depend on it.");
    protected readonly Option<bool> json = new("--json") { Description = "Print only a summary, as JSON." };

    protected Terminal Terminal { get; } = terminal;

    /// <summary>A step of a large model takes a while, and the state is to be written after it.</summary>
    public override TimeSpan Patience => TimeSpan.FromMinutes(2);

    /// <summary>Adds a command's own options and, behind them, those of all.</summary>
    protected void AddAll(IEnumerable<Option> own)
    {
        foreach (var option in own.Concat([threads, output, resume, json])) Add(option);
    }

    /// <summary>Trains and returns the exit code.</summary>
    protected abstract int Train(ParseResult parse, CancellationToken cancellation);

    protected sealed override int Run(ParseResult parse, CancellationToken cancellation)
    {
        if (parse.GetValue(threads) is { } count) Processor.Threads = count;
        return Train(parse, cancellation);
    }

    /// <summary>Throws if a new run would write into another.</summary>
    protected static void DemandFree(string? folder)
    {
        if (folder is not null && RunFolder.Exists(folder)) throw new UserException($"{folder} holds a run already. Go on with it (--resume), or name another folder (--output).");
    }

    /// <summary>The run that is to go on.</summary>
    protected static RunFolder Existing(string? folder)
    {
        if (folder is null) throw new UserException("--resume needs the run's folder: --output DIR.");
        return RunFolder.Exists(folder) ? RunFolder.Open(folder) : throw new UserException($"--resume: there is no run in {folder}.");
    }

    /// <summary>Throws if an option was given that a run cannot change on its way.</summary>
    /// <param name="changed">Names of those options.</param>
    /// <param name="free">Those that it can, in words.</param>
    protected static void DemandNone(IEnumerable<string> changed, string free)
    {
        if (changed.ToArray() is { Length: > 0 } names) throw new UserException($"--resume goes on with what the run was begun with: leave {string.Join(", ", names)} out. {free} and --threads may change.");
    }

    /// <summary>Says where the run stands and how it goes on.</summary>
    protected string Rest(TrainingResult result, RunFolder run, string why = "stopped") =>
        Invariant($"{why} after step {result.Steps:n0}; the state is saved. Go on with: nabla train {Name} --output {run.Folder} --resume");

    /// <summary>The end of a run that the user stopped.</summary>
    protected int Stopped(TrainingResult result, RunFolder run)
    {
        Terminal.Problem(Rest(result, run));
        return ExitCodes.Cancelled;
    }
}
