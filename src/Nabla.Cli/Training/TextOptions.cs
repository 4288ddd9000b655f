using System.CommandLine;

namespace Nabla.Cli.Training;

/// <summary>The options of a training on texts.</summary>
sealed class TextOptions
{
    readonly Option<string?> data = new("--data", "-d") { Description = $"What to learn from: {TextSource.Kinds}.", HelpName = "NAME|FILE" };
    readonly Option<string?> text = new("--text") { Description = "The column of the text, where it is not called text, sentence or the like.", HelpName = "COLUMN" };
    readonly Option<string?> label = new("--label") { Description = "The column of the class, where it is not called label, class or the like.", HelpName = "COLUMN" };
    readonly Option<string?> model = new("--model", "-m") { Description = $"What to train: {string.Join(", ", TextModels.Names)} (lstm).", HelpName = "NAME" };
    readonly Option<double?> validation = new("--validation") { Description = "The share of the data that watches the training (0.1).", HelpName = "SHARE" };
    readonly Option<double?> test = new("--test") { Description = "The share held out until the end (0.1).", HelpName = "SHARE" };
    readonly Option<int?> vocabulary = new("--vocabulary") { Description = "How many words the model knows at most (20,000).", HelpName = "N" };
    readonly Option<bool> cased = new("--cased") { Description = "Tell words apart by their case, FREE from free." };
    readonly Option<int?> tokens = new("--tokens") { Description = "How many tokens of a text are read: of a longer one its beginning and its end (256).", HelpName = "N" };
    readonly Option<int?> width = new("--width") { Description = "The length of a word's vector (128).", HelpName = "N" };
    readonly Option<int?> layers = new("--layers") { Description = "Layers on top of each other (lstm 1, transformer 2).", HelpName = "N" };
    readonly Option<double?> dropout = new("--dropout") { Description = "The share of numbers dropped in training (0.3, transformer 0.1).", HelpName = "SHARE" };
    readonly Option<double?> wordDropout = new("--word-dropout") { Description = "The share of words taken for unknown ones in training (0.1).", HelpName = "SHARE" };
    readonly Option<int?> epochs = new("--epochs") { Description = "How often to go through the data (5).", HelpName = "N" };
    readonly Option<int?> batch = new("--batch") { Description = "Tokens in a step (8,192, fewer where there is little data).", HelpName = "N" };
    readonly Option<double?> rate = new("--lr") { Description = "The highest learning rate (0.002, transformer 0.001).", HelpName = "RATE" };
    readonly Option<double?> decay = new("--weight-decay") { Description = "How strongly weights are pulled to 0 (0.01).", HelpName = "X" };
    readonly Option<double?> clip = new("--clip") { Description = "Scales gradients down whose norm is above this (1).", HelpName = "NORM" };
    readonly Option<int?> patience = new("--patience") { Description = "Stops after N epochs without improvement.", HelpName = "N" };
    readonly Option<ulong?> seed = new("--seed") { Description = "Chooses the split, the first values, the order and whatever else is random (1).", HelpName = "N" };
    readonly Option<int?> saveEvery = new("--save-every") { Description = "Steps between two saved states: the most that a crash loses (100).", HelpName = "STEPS" };
    readonly Option<bool> tensorBoard = new("--tensorboard") { Description = "Write the curves for TensorBoard too." };

    public TextOptions()
    {
        model.AcceptOnlyFromAmong(TextModels.Names);
        foreach (var positive in new[] { vocabulary, tokens, width, layers, epochs, batch, patience, saveEvery }) ImageOptions.Demand(positive, value => value > 0, "a whole number above 0");
        foreach (var positive in new[] { rate, clip }) ImageOptions.Demand(positive, value => value > 0 && double.IsFinite(value!.Value), "a number above 0");
        foreach (var share in new[] { validation, test, dropout, wordDropout }) ImageOptions.Demand(share, value => value is >= 0 and < 1, "a number from 0 to below 1");
        ImageOptions.Demand(decay, value => value >= 0, "a number of 0 or more");
    }

    public IEnumerable<Option> All =>
        [data, text, label, model, validation, test, vocabulary, cased, tokens, width, layers, dropout, wordDropout, epochs, batch, rate, decay, clip, patience, seed, saveEvery, tensorBoard];

    public TextRequest Read(ParseResult parse) => new()
    {
        Data = parse.GetValue(data), TextColumn = parse.GetValue(text), LabelColumn = parse.GetValue(label), Model = parse.GetValue(model), ValidationShare = parse.GetValue(validation),
        TestShare = parse.GetValue(test), Vocabulary = parse.GetValue(vocabulary), Cased = parse.GetValue(cased), Tokens = parse.GetValue(tokens), Width = parse.GetValue(width), Layers = parse.GetValue(layers),
        Dropout = parse.GetValue(dropout), WordDropout = parse.GetValue(wordDropout), Epochs = parse.GetValue(epochs), Batch = parse.GetValue(batch), LearningRate = parse.GetValue(rate), WeightDecay = parse.GetValue(decay),
        ClipNorm = parse.GetValue(clip), Patience = parse.GetValue(patience), Seed = parse.GetValue(seed), SaveEvery = parse.GetValue(saveEvery), TensorBoard = parse.GetValue(tensorBoard),
    };
}
