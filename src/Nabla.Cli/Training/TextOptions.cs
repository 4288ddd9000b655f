using System.CommandLine;

namespace Nabla.Cli.Training;

/// <summary>The options of a training on texts.</summary>
sealed class TextOptions
{
    readonly Option<string?> data = OptionOf.Data("NAME|FILE", $"What to learn from: {TextSource.Kinds}.");
    readonly Option<string?> text = OptionOf.Name("--text", "COLUMN", "The column of the text, where it is not called text, sentence or the like.");
    readonly Option<string?> label = OptionOf.Name("--label", "COLUMN", "The column of the class, where it is not called label, class or the like.");
    readonly Option<string?> model = OptionOf.Model($"What to train: {string.Join(", ", TextModels.Names)} (lstm).", TextModels.Names);
    readonly Option<double?> validation = OptionOf.Share("--validation", "SHARE", "The share of the data that watches the training (0.1).");
    readonly Option<double?> test = OptionOf.Share("--test", "SHARE", "The share held out until the end (0.1).");
    readonly Option<int?> vocabulary = OptionOf.Count("--vocabulary", "N", "How many words the model knows at most (20,000).");
    readonly Option<bool> cased = OptionOf.Flag("--cased", "Tell words apart by their case, FREE from free.");
    readonly Option<int?> tokens = OptionOf.Count("--tokens", "N", "How many tokens of a text are read: of a longer one its beginning and its end (256).");
    readonly Option<int?> width = OptionOf.Count("--width", "N", "The length of a word's vector (128).");
    readonly Option<int?> layers = OptionOf.Count("--layers", "N", "Layers on top of each other (lstm 1, transformer 2).");
    readonly Option<double?> dropout = OptionOf.Share("--dropout", "SHARE", "The share of numbers dropped in training (0.3, transformer 0.1).");
    readonly Option<double?> wordDropout = OptionOf.Share("--word-dropout", "SHARE", "The share of words taken for unknown ones in training (0.1).");
    readonly Option<int?> epochs = OptionOf.Count("--epochs", "N", "How often to go through the data (5).");
    readonly Option<int?> batch = OptionOf.Count("--batch", "N", "Tokens in a step (8,192, fewer where there is little data).");
    readonly Option<double?> rate = OptionOf.Positive("--lr", "RATE", "The highest learning rate (0.002, transformer 0.001).");
    readonly Option<double?> decay = OptionOf.Amount("--weight-decay", "X", "How strongly weights are pulled to 0 (0.01).");
    readonly Option<double?> clip = OptionOf.Clip("1");
    readonly Option<double?> average = OptionOf.Average();
    readonly Option<int?> patience = OptionOf.Patience();
    readonly Option<ulong?> seed = OptionOf.Seed();
    readonly Option<ulong?> splitSeed = OptionOf.SplitSeed();
    readonly Option<int?> saveEvery = OptionOf.SaveEvery();
    readonly Option<bool> tensorBoard = OptionOf.TensorBoard();

    public IEnumerable<Option> All =>
        [data, text, label, model, validation, test, vocabulary, cased, tokens, width, layers, dropout, wordDropout, epochs, batch, rate, decay, clip, average, patience, seed, splitSeed, saveEvery, tensorBoard];

    public TextRequest Read(ParseResult parse) => new()
    {
        Data = parse.GetValue(data), TextColumn = parse.GetValue(text), LabelColumn = parse.GetValue(label), Model = parse.GetValue(model), ValidationShare = parse.GetValue(validation),
        TestShare = parse.GetValue(test), Vocabulary = parse.GetValue(vocabulary), Cased = parse.GetValue(cased), Tokens = parse.GetValue(tokens), Width = parse.GetValue(width), Layers = parse.GetValue(layers),
        Dropout = parse.GetValue(dropout), WordDropout = parse.GetValue(wordDropout), Epochs = parse.GetValue(epochs), Batch = parse.GetValue(batch), LearningRate = parse.GetValue(rate), WeightDecay = parse.GetValue(decay),
        ClipNorm = parse.GetValue(clip), Average = parse.GetValue(average), Patience = parse.GetValue(patience), Seed = parse.GetValue(seed), SplitSeed = parse.GetValue(splitSeed), SaveEvery = parse.GetValue(saveEvery), TensorBoard = parse.GetValue(tensorBoard),
    };
}
