using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Schedules;

namespace Nabla.Cli.Tasks.Texts;

/// <summary>The models for texts by their names on the command line, with their defaults.</summary>
static class TextModels
{
    const string Lstm = "lstm", Transformer = "transformer";

    /// <summary>The width of an attention head.</summary>
    const int HeadWidth = 32;

    public static string[] Names { get; } = [Lstm, Transformer];

    /// <summary>tokens → logits [batch, classes]</summary>
    public static SequenceClassifier Make(TextSettings settings)
    {
        var (c, dropout) = (settings, settings.Dropout.Value);
        ISequenceEncoder encoder = c.Model.Value switch
        {
            Lstm => new LstmEncoder(c.Vocabulary, c.Width, c.Width, c.Layers, dropout),
            Transformer => new AttentionEncoder(c.Vocabulary, Shape(c.Width, dropout), c.Layers),
            var name => throw new UserException($"There is no model '{name}' for texts. There are {string.Join(", ", Names)}."),
        };
        return new SequenceClassifier(encoder, c.Classes.Value.Length, dropout).Initialize(c.Seed);
    }

    static TransformerShape Shape(int width, double dropout) => new(width, Math.Max(1, width / HeadWidth), 4 * width) { Dropout = dropout };

    public static double DefaultRate(string model) => model == Lstm ? 2e-3 : 1e-3;

    public static double DefaultDropout(string model) => model == Lstm ? 0.3 : 0.1;

    public static int DefaultLayers(string model) => model == Lstm ? 1 : 2;

    public static void Check(string model, int width)
    {
        if (model == Transformer && width > HeadWidth && width % HeadWidth != 0)
            throw new UserException($"--width {width}: the width of a transformer must be a multiple of {HeadWidth}.");
    }

    public static Optimizer Optimizer(TextSettings settings, IModule model) =>
        new AdamW(model, settings.LearningRate) { WeightDecay = settings.WeightDecay };

    /// <summary>The rate rises for the first twentieth of the steps, then falls as a cosine.</summary>
    public static Schedule Schedule(TextSettings settings, long steps)
    {
        var warmUp = Math.Max(1, steps / 20);
        var rest = Math.Max(1, steps - warmUp);
        return new CosineDecay(settings.LearningRate.Value, rest).Then(new Constant(0), rest).WarmUp(warmUp);
    }
}
