using System.CommandLine;
using Nabla.Cli.Tasks;

namespace Nabla.Cli.Commands;

/// <summary>The run whose model a command uses.</summary>
sealed class RunArguments
{
    public Argument<string> Folder { get; } = new("RUN") { Description = "The folder of a run of `nabla train`." };

    public Option<string> Checkpoint { get; } = NewCheckpoint();

    public Option<string[]> With { get; } = new("--with")
    {
        Description = "Other runs of `nabla train translate` with the same held-out part (--split-seed), such as of another width or " +
            "--seed, as an ensemble: the mean of their probabilities decides.",
        HelpName = "RUN…", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [],
    };

    /// <summary>The run and those that predict with it.</summary>
    public (TrainedRun First, IReadOnlyList<TrainedRun> Others) Open(ParseResult parse)
    {
        TrainedRun OpenRun(string folder) => TrainedRun.Open(folder, parse.GetValue(Checkpoint)!);
        return (OpenRun(parse.GetValue(Folder)!), [.. parse.GetValue(With)!.Select(OpenRun)]);
    }

    /// <summary>Which checkpoint of a run is used.</summary>
    public static Option<string> NewCheckpoint()
    {
        var option = new Option<string>("--checkpoint")
        {
            Description = "Which of the run's checkpoints: best, last or average.", HelpName = "NAME", DefaultValueFactory = _ => "best",
        };
        option.AcceptOnlyFromAmong("best", "last", "average");
        return option;
    }
}
