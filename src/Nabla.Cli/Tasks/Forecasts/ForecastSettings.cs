namespace Nabla.Cli.Tasks.Forecasts;

/// <summary>The settings of <c>nabla train forecast</c>.</summary>
sealed class ForecastSettings(SettingList all) : TaskSettings(ForecastTask.TaskName, all)
{
    public Setting<string> Data { get; } = all.Data("NAME|FILE", Series.Kinds);

    public Setting<string> Column { get; } = all.Text("--column", "column").Alias("-c")
        .Help("NAME", "The column of a table, or the company of stocks (MSFT)").Optional();

    public Setting<int> Horizon { get; } = all.Count("--horizon", "horizon").Help("N", "How many steps ahead").Default(1);

    public Setting<int> Window { get; } = all.Count("--window", "window")
        .Help("N", "How many values the model sees (two seasons, or 24)").InSweep();

    public Setting<int> Season { get; } = all.Count("--season", "season")
        .Help("N", "The period of the series, for the seasonal forecast").Optional();

    public Setting<string> Model { get; } = all.Choice("--model", "model", "rnn", "lstm", "gru").Alias("-m")
        .Help("NAME", "The recurrent layer: rnn, lstm, gru").Default("gru").InSweep();

    public Setting<int> Hidden { get; } = all.Count("--hidden", "hidden").Help("UNITS", "Hidden units").Default(32).InSweep();

    public Setting<long> Steps { get; } = all.Count<long>("--steps", "steps").Help("N", "Training steps").Default(600).InSweep();

    public Setting<double> LearningRate { get; } = all.Positive("--lr", "learningRate")
        .Help("RATE", "The highest learning rate").Default(5e-3).InSweep();

    /// <summary>How many values are in the training, validation and test parts.</summary>
    public Setting<int[]> Values { get; } = all.Fact<int[]>("values");
}
