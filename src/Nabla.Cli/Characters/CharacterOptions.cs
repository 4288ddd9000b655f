using System.CommandLine;

namespace Nabla.Cli.Characters;

/// <summary>The options of a training of characters.</summary>
sealed class CharacterOptions
{
    readonly Option<string?> data = OptionOf.Data("NAME|FILE", $"What to learn from: {CharacterSource.Kinds}.");
    readonly Option<string?> model = OptionOf.Model($"The recurrent layers: {string.Join(", ", CharacterModels.Names)} (lstm).", CharacterModels.Names);
    readonly Option<int?> layers = OptionOf.Count("--layers", "N", "How many lie on each other (1).");
    readonly Option<int?> hidden = OptionOf.Count("--hidden", "UNITS", "Units of a layer (256).");
    readonly Option<int?> embedding = OptionOf.Count("--embedding", "N", "Numbers that stand for a character (64).");
    readonly Option<double?> dropout = OptionOf.Share("--dropout", "SHARE", "The share dropped before, between and behind the layers (0).");
    readonly Option<long?> steps = OptionOf.Count<long>("--steps", "N", "Steps of the training (3000).");
    readonly Option<int?> batch = OptionOf.Count("--batch", "N", "Places of the text that are read side by side (32).");
    readonly Option<int?> stretch = OptionOf.Count("--stretch", "N", "Characters of each place in a step: as far as gradients go back (64).");
    readonly Option<double?> rate = OptionOf.Positive("--lr", "RATE", "The highest learning rate (0.003).");
    readonly Option<double?> clip = OptionOf.Clip("1");
    readonly Option<double?> average = OptionOf.Average();
    readonly Option<double?> validation = OptionOf.Number<double>("--validation", "SHARE", "The share of the text, near its end, that watches the training (0.05).", value => value is > 0 and < 1, "a number above 0 and below 1");
    readonly Option<double?> test = OptionOf.Number<double>("--test", "SHARE", "The share at the end of the text that is held out until the end (0.05).", value => value is > 0 and < 1, "a number above 0 and below 1");
    readonly Option<ulong?> seed = OptionOf.Seed("the first values and what is dropped");
    readonly Option<int?> saveEvery = OptionOf.SaveEvery();
    readonly Option<bool> tensorBoard = OptionOf.TensorBoard();

    public IEnumerable<Option> All => [data, model, layers, hidden, embedding, dropout, steps, batch, stretch, rate, clip, average, validation, test, seed, saveEvery, tensorBoard];

    public CharacterRequest Read(ParseResult parse) => new()
    {
        Data = parse.GetValue(data), Model = parse.GetValue(model), Layers = parse.GetValue(layers), Hidden = parse.GetValue(hidden), Embedding = parse.GetValue(embedding),
        Dropout = parse.GetValue(dropout), Steps = parse.GetValue(steps), Batch = parse.GetValue(batch), Stretch = parse.GetValue(stretch), LearningRate = parse.GetValue(rate),
        ClipNorm = parse.GetValue(clip), Average = parse.GetValue(average), ValidationShare = parse.GetValue(validation), TestShare = parse.GetValue(test), Seed = parse.GetValue(seed), SaveEvery = parse.GetValue(saveEvery),
        TensorBoard = parse.GetValue(tensorBoard),
    };
}
