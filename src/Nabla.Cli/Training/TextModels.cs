using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Schedules;

namespace Nabla.Cli.Training;

/// <summary>What can be trained on texts, by the names that the command line has for it.</summary>
static class TextModels
{
    const string Lstm = "lstm", Transformer = "transformer";

    /// <summary>Numbers of a head of attention.</summary>
    const int HeadWidth = 32;

    public static string[] Names { get; } = [Lstm, Transformer];

    /// <summary>tokens → logits [batch, classes]</summary>
    public static SequenceClassifier Make(TextConfiguration configuration)
    {
        var (c, dropout) = (configuration, configuration.Dropout);
        ISequenceEncoder encoder = c.Model switch
        {
            Lstm => new LstmEncoder(c.Vocabulary, c.Width, c.Width, c.Layers, dropout),
            Transformer => new AttentionEncoder(c.Vocabulary, new(c.Width, Math.Max(1, c.Width / HeadWidth), 4 * c.Width) { Dropout = dropout }, c.Layers),
            var name => throw new UserException($"There is no model '{name}' for texts. There are {string.Join(", ", Names)}."),
        };
        return new SequenceClassifier(encoder, c.Classes.Length, dropout).Initialize(c.Seed);
    }

    public static double UsualRate(string model) => model == Lstm ? 2e-3 : 1e-3;

    public static double UsualDropout(string model) => model == Lstm ? 0.3 : 0.1;

    public static int UsualLayers(string model) => model == Lstm ? 1 : 2;

    public static void Check(string model, int width)
    {
        if (model == Transformer && width > HeadWidth && width % HeadWidth != 0) throw new UserException($"--width {width}: a transformer's is a multiple of {HeadWidth}.");
    }

    public static Optimizer Optimizer(TextConfiguration configuration, IModule model) => new AdamW(model, configuration.LearningRate) { WeightDecay = configuration.WeightDecay };

    /// <summary>The rate rises for the first twentieth of the steps, then falls as a cosine.</summary>
    public static Schedule Schedule(TextConfiguration configuration, long steps)
    {
        var warmUp = Math.Max(1, steps / 20);
        var rest = Math.Max(1, steps - warmUp);
        return new CosineDecay(configuration.LearningRate, rest).Then(new Constant(0), rest).WarmUp(warmUp);
    }
}
