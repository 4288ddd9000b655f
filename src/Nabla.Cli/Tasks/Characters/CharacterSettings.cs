namespace Nabla.Cli.Tasks.Characters;

/// <summary>The settings of <c>nabla train characters</c>. The characters are a file of their own in the run folder.</summary>
sealed class CharacterSettings(SettingList all) : TaskSettings(CharacterTask.TaskName, all)
{
    public Setting<string> Data { get; } = all.Data("NAME|FILE", CharacterSource.Kinds);

    public Setting<string> Model { get; } = all.Choice("--model", "model", CharacterModels.Names).Alias("-m")
        .Help("NAME", $"The recurrent layers: {string.Join(", ", CharacterModels.Names)}").Default("lstm").InSweep();

    public Setting<int> Layers { get; } = all.Count("--layers", "layers").Help("N", "Stacked layers").Default(1).InSweep();

    public Setting<int> Hidden { get; } = all.Count("--hidden", "hidden").Help("UNITS", "Hidden units of a layer").Default(256).InSweep();

    public Setting<int> Embedding { get; } = all.Count("--embedding", "embedding")
        .Help("N", "The width of a character's embedding").Default(64).InSweep();

    public Setting<double> Dropout { get; } = all.Fraction("--dropout", "dropout")
        .Help("P", "The dropout probability before, between and after the layers").Default(0).InSweep();

    public Setting<long> Steps { get; } = all.Count<long>("--steps", "steps")
        .Help("N", "Training steps").Default(3000).OnResume().InSweep();

    public Setting<int> Batch { get; } = all.Count("--batch", "batch")
        .Help("N", "Positions of the text that are read in parallel").Default(32).InSweep();

    public Setting<int> Segment { get; } = all.Count("--segment", "stretch").Alias("--stretch")
        .Help("N", "Characters of each position in a step: as far as gradients go back").Default(64).InSweep();

    public Setting<double> LearningRate { get; } = all.Positive("--lr", "learningRate")
        .Help("RATE", "The highest learning rate").Default(3e-3).OnResume().InSweep();

    public Setting<double> ClipNorm { get; } = all.ClipNorm().Default(1);

    public Setting<double> Validation { get; } = Part(all, "--validation", "validationShare",
        "The fraction of the text, near its end, for validation");

    public Setting<double> Test { get; } = Part(all, "--test", "testShare",
        "The fraction at the end of the text that is held out for the test");

    /// <summary>How many characters are in the training, validation and test parts.</summary>
    public Setting<long[]> Counts { get; } = all.Fact<long[]>("characters");

    static Setting<double> Part(SettingList all, string flag, string jsonName, string text) =>
        all.Number<double>(flag, jsonName, value => value is > 0 and < 1, "a number above 0 and below 1").Help("FRACTION", text)
            .Default(0.05);
}
