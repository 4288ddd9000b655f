using System.CommandLine;

namespace Nabla.Cli.Characters;

/// <summary>The options of a training of characters.</summary>
sealed class CharacterOptions
{
    readonly Option<string?> data = new("--data", "-d") { Description = $"What to learn from: {CharacterSource.Kinds}.", HelpName = "NAME|FILE" };
    readonly Option<string?> model = new("--model", "-m") { Description = $"The recurrent layers: {string.Join(", ", CharacterModels.Names)} (lstm).", HelpName = "NAME" };
    readonly Option<int?> layers = Number<int?>("--layers", "N", "How many lie on each other (1).");
    readonly Option<int?> hidden = Number<int?>("--hidden", "UNITS", "Units of a layer (256).");
    readonly Option<int?> embedding = Number<int?>("--embedding", "N", "Numbers that stand for a character (64).");
    readonly Option<double?> dropout = Number<double?>("--dropout", "SHARE", "The share dropped before, between and behind the layers (0).");
    readonly Option<long?> steps = Number<long?>("--steps", "N", "Steps of the training (3000).");
    readonly Option<int?> batch = Number<int?>("--batch", "N", "Places of the text that are read side by side (32).");
    readonly Option<int?> stretch = Number<int?>("--stretch", "N", "Characters of each place in a step: as far as gradients go back (64).");
    readonly Option<double?> rate = Number<double?>("--lr", "RATE", "The highest learning rate (0.003).");
    readonly Option<double?> clip = Number<double?>("--clip", "NORM", "Scales gradients down whose norm is above this (1).");
    readonly Option<double?> validation = Number<double?>("--validation", "SHARE", "The share of the text, near its end, that watches the training (0.05).");
    readonly Option<double?> test = Number<double?>("--test", "SHARE", "The share at the end of the text that is held out until the end (0.05).");
    readonly Option<ulong?> seed = Number<ulong?>("--seed", "N", "Chooses the first values and what is dropped (1).");
    readonly Option<int?> saveEvery = Number<int?>("--save-every", "STEPS", "Steps between two saved states: the most that a crash loses (100).");
    readonly Option<bool> tensorBoard = new("--tensorboard") { Description = "Write the curves for TensorBoard too." };

    public CharacterOptions()
    {
        model.AcceptOnlyFromAmong(CharacterModels.Names);
        foreach (var positive in new[] { layers, hidden, embedding, batch, stretch, saveEvery }) Demand(positive, value => value > 0, "a whole number above 0");
        Demand(steps, value => value > 0, "a whole number above 0");
        foreach (var positive in new[] { rate, clip }) Demand(positive, value => value > 0 && double.IsFinite(value!.Value), "a number above 0");
        Demand(dropout, value => value is >= 0 and < 1, "a number from 0 to below 1");
        foreach (var share in new[] { validation, test }) Demand(share, value => value is > 0 and < 1, "a number above 0 and below 1");
    }

    public IEnumerable<Option> All => [data, model, layers, hidden, embedding, dropout, steps, batch, stretch, rate, clip, validation, test, seed, saveEvery, tensorBoard];

    public CharacterRequest Read(ParseResult parse) => new()
    {
        Data = parse.GetValue(data), Model = parse.GetValue(model), Layers = parse.GetValue(layers), Hidden = parse.GetValue(hidden), Embedding = parse.GetValue(embedding),
        Dropout = parse.GetValue(dropout), Steps = parse.GetValue(steps), Batch = parse.GetValue(batch), Stretch = parse.GetValue(stretch), LearningRate = parse.GetValue(rate),
        ClipNorm = parse.GetValue(clip), ValidationShare = parse.GetValue(validation), TestShare = parse.GetValue(test), Seed = parse.GetValue(seed), SaveEvery = parse.GetValue(saveEvery),
        TensorBoard = parse.GetValue(tensorBoard),
    };

    static Option<T> Number<T>(string name, string help, string description) => new(name) { Description = description, HelpName = help };

    static void Demand<T>(Option<T> option, Func<T, bool> holds, string needed) => option.Validators.Add(result =>
    {
        if (result.Errors.Any() || result.GetValueOrDefault<T>() is not { } value || holds(value)) return;
        result.AddError($"{option.Name} {result.Tokens[0].Value}: {needed} is needed.");
    });
}
