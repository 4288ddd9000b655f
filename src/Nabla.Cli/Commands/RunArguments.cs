using System.CommandLine;
using Nabla.Cli.Sentences;
using Nabla.Cli.Tasks;
using Nabla.Cli.Tasks.FineTuning;
using Nabla.Hub;
using Nabla.Models;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary>The run whose model a command uses.</summary>
sealed class RunArguments
{
    public Argument<string> Folder { get; } = new("RUN")
    {
        Description = "The folder of a run of `nabla train`; or a fine-tuned BERT: a folder, or ORG/NAME of the Hugging Face Hub.",
    };

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

    /// <summary>The model of the run, or of a folder or name of a fine-tuned model.</summary>
    /// <param name="parse">The arguments.</param>
    /// <param name="pairs">Whether a model without a run is to read pairs.</param>
    public ITrainedModel Load(ParseResult parse, bool pairs) => Evaluated(parse, pairs).Model;

    /// <summary>The same with where it is: the run or the folder, and the checkpoint.</summary>
    public (string Folder, string Checkpoint, ITrainedModel Model) Evaluated(ParseResult parse, bool pairs = true)
    {
        var folder = parse.GetValue(Folder)!;
        if (!RunFolder.Exists(folder) && (!Directory.Exists(folder) ? folder.Contains('/') && ModelReference.TryParse(folder, out _)
            : PretrainedModel.IsModel(folder)))
            return (folder, BertCheckpoint.WeightsName, FineTuningStart.Open(folder, pairs));
        var (first, others) = Open(parse);
        return (first.Run.Folder, first.Checkpoint, first.Load(others));
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
