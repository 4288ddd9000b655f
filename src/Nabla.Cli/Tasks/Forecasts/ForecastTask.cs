using Nabla.Training;

namespace Nabla.Cli.Tasks.Forecasts;

/// <summary><c>nabla train forecast</c>: a recurrent network that forecasts a series, compared with forecasts that need no model.</summary>
sealed class ForecastTask : ITrainingTask
{
    public const string TaskName = "forecast";

    public string Name => TaskName;

    public string Description => "Train a recurrent network to forecast a series, and compare it with forecasts that need no model.";

    public IReadOnlyList<(string Line, string Meaning)> Examples =>
    [
        ("nabla train forecast --data sunspots", "the next year's sunspots"),
        ("nabla train forecast --data sunspots --horizon 5 --model lstm", "the next five years'"),
        ("nabla train forecast --data stocks --column AAPL", "and whether it beats the last value"),
        ("nabla train forecast --data sales.csv --column units --season 7", "a table of your own"),
    ];

    public TaskSettings NewSettings() => new ForecastSettings(new SettingList());

    public ITraining Begin(TaskSettings settings) => ForecastTraining.Begin((ForecastSettings)settings);

    public ITraining Continue(TaskSettings settings, RunFolder run) => ForecastTraining.Continue((ForecastSettings)settings);

    public ITrainedModel Open(TrainedRun first, IReadOnlyList<TrainedRun> others) =>
        throw new UserException($"{first.Run.Folder} is of `nabla train forecast`: its forecasts and their errors are in " +
            $"{first.Run.Report}.");
}
