using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Schedules;

namespace Nabla.Cli.Tasks.Translation;

/// <summary>The models that translate and their schedules, by their names on the command line.</summary>
static class TranslationModels
{
    public static string[] Names { get; } = ["transformer", "lstm"];

    public static string[] Schedules { get; } = ["cosine", "noam", "linear", "constant"];

    public static ISequenceToSequence Make(TranslationSettings c, Tokenizers tokenizers)
    {
        var (read, written) = (tokenizers.Source.Count, tokenizers.Target.Count);
        TransformerShape Shape() => new(c.Width, c.Heads, c.FeedForward) { Dropout = c.Dropout, NormFirst = true };
        ISequenceToSequence model = c.Model.Value == "lstm"
            ? new RecurrentSeq2Seq(new(read, written, c.Width, c.Width) { Layers = c.Layers, Dropout = c.Dropout })
            : new Seq2Seq(new(read, written, Shape())
            {
                EncoderLayers = c.Layers, DecoderLayers = c.Layers, SharedVocabulary = c.SharesVocabulary,
            });
        return model.Initialize(c.Seed);
    }

    /// <summary>Adam with the betas of Vaswani et al. 2017, §5.3, and a decay that biases and normalisations are spared.</summary>
    public static Optimizer Optimizer(TranslationSettings c, IModule model)
    {
        var single = model.Parameters().Where(member => member.Parameter.Shape.Rank < 2).Select(member => member.Path).ToHashSet();
        ParameterGroup[] groups = [new(model, path => !single.Contains(path)), new(model, single.Contains) { WeightDecay = 0 }];
        return new AdamW(groups, c.LearningRate) { Beta2 = 0.98, Epsilon = 1e-9, WeightDecay = c.WeightDecay };
    }

    /// <summary>The rate rises in a straight line and then goes as the schedule says: <c>noam</c> falls with the root of the
    /// step.</summary>
    public static Schedule Schedule(TranslationSettings c)
    {
        var rest = Math.Max(1, c.Steps - c.WarmUp);
        return c.Schedule.Value switch
        {
            "noam" => new InverseSquareRoot(c.LearningRate * Math.Sqrt(c.WarmUp), c.WarmUp),
            "linear" => new LinearDecay(c.LearningRate, rest).WarmUp(c.WarmUp),
            "constant" => new Constant(c.LearningRate).WarmUp(c.WarmUp),
            _ => new CosineDecay(c.LearningRate, rest).Then(new Constant(0), rest).WarmUp(c.WarmUp),
        };
    }
}
