using Nabla.Cli.Sentences;
using Nabla.Cli.Tasks.Texts;
using Nabla.Models;
using System.Globalization;

namespace Nabla.Cli.Tasks.FineTuning;

/// <summary>The defaults of a fine-tuning, and what is said of them before it begins.</summary>
static class FineTuningChoices
{
    /// <summary>Devlin et al. 2018, §A.3; more epochs where the data is small (Mosbach et al. 2021, §6).</summary>
    const int DefaultEpochs = 4, LeastSteps = 200, DefaultBatch = 16;

    /// <summary>The fraction of the steps over which the learning rate rises (Mosbach et al. 2021, §6).</summary>
    const double WarmUpFraction = 0.1;

    const string Embeddings = "embeddings";

    /// <summary>A name for a run folder: of <c>org/name@main</c> <c>name</c>.</summary>
    public static string NameOf(string model) => Path.GetFileName(Path.TrimEndingDirectorySeparator(model)).Split('@')[0];

    /// <summary>How many batches an epoch has.</summary>
    public static long StepsOf(long examples, int batch) => (examples + batch - 1) / batch;

    /// <summary>Over how many steps the learning rate rises.</summary>
    public static long WarmUp(long steps) => (long)(steps * WarmUpFraction);

    /// <summary>Sets what was not given.</summary>
    public static void Choose<T>(TextSettings settings, Pretrained pretrained, Head<T> head, FineTuningSource<T> source,
        ExampleParts<T> parts)
    {
        var configuration = pretrained.Configuration;
        if (settings.Tokens.IsGiven && settings.Tokens > configuration.MaxPositions) throw new UserException(
            $"--max-length {settings.Tokens}: the model has {configuration.MaxPositions} positions (max_position_embeddings). Lower it.");
        if (settings.Tokens.IsGiven && settings.Tokens < LeastLength) throw new UserException(
            $"--max-length {settings.Tokens}: at least {LeastLength} are needed, for two texts and their special tokens.");
        settings.Tokens.Choose(Math.Min(head.DefaultLength, configuration.MaxPositions));
        settings.Layers.Choose(configuration.HiddenLayers);
        settings.Width.Choose(configuration.HiddenSize);
        settings.Vocabulary.Choose(configuration.VocabularySize);
        settings.Dropout.Choose(configuration.HiddenDropout);
        settings.WordDropout.Choose(0);
        settings.LearningRate.Choose(Nabla.Training.FineTuning.LearningRate(configuration));
        settings.Batch.Choose(DefaultBatch);
        var steps = StepsOf(head.Encode([.. parts.Train], pretrained.Tokenizer, settings.Tokens, source.Labels).Encoded.Count,
            settings.Batch);
        settings.Epochs.Choose((int)Math.Max(DefaultEpochs, StepsOf(LeastSteps, (int)Math.Min(LeastSteps, steps))));
        settings.Head.Set(head.Name);
        settings.Texts.Set(parts.Counts);
        settings.Classes.Set([.. source.Labels]);
        FrozenLayers(settings, configuration);
    }

    /// <summary>Freezes what <c>--freeze</c> says.</summary>
    public static void Freeze(TextSettings settings, IBertModel model)
    {
        if (FrozenLayers(settings, model.Bert.Configuration) is { } layers) Nabla.Training.FineTuning.Freeze(model, layers);
    }

    /// <summary>What is said before the training.</summary>
    public static IReadOnlyList<(string Name, string Value)> Of<T>(TextSettings settings, Head<T> head, FineTuningSource<T> source,
        ExampleParts<T> parts, IBertModel model, Pretrained pretrained) =>
    [
        ("data", source.Description),
        .. source.Assumptions.Select(said => ("read", said)),
        .. source.Preview.Select(row => ("row", row)),
        .. source.Labels.Count > 0 ? (IEnumerable<(string, string)>)[("labels",
            $"{source.Labels.Count}: {TextChoices.Listed(source.Labels)}")] : [],
        ("split", parts.Description),
        ("length", Length(settings, head, parts, pretrained)),
        ("model", Invariant($"{settings.Model}, {model.ParameterCount():n0} parameters: {settings.Layers} layers, hidden size ") +
            Invariant($"{settings.Width}, dropout {settings.Dropout:G4} (--model, --dropout){Frozen(settings)}")),
        ("training", Invariant($"{settings.Epochs} {(settings.Epochs == 1 ? "epoch" : "epochs")} in batches of {settings.Batch} ") +
            Invariant($"(--epochs, --batch); AdamW, learning rate {settings.LearningRate:G4} (--lr), warm-up 10%, linear decay to 0, ") +
            Invariant($"weight decay {settings.WeightDecay:G4}, gradient norm clipped at {settings.ClipNorm:G4}") +
            (settings.LayerDecay.OrNull() is { } decay ? Invariant($", times {decay:G4} from layer to layer (--layer-decay)") : "")),
    ];

    /// <summary>Of two texts each a token, and three special tokens.</summary>
    const int LeastLength = 5;

    static string Length<T>(TextSettings settings, Head<T> head, ExampleParts<T> parts, Pretrained pretrained)
    {
        var lengths = Lengths(head, parts, pretrained);
        var over = lengths.Count(length => length > settings.Tokens);
        return Invariant($"at most {settings.Tokens} tokens (--max-length)") + (over == 0 ? "; none is longer"
            : Invariant($"; {(double)over / lengths.Length:0.0%} of the {head.Unit} are longer and {head.TooLong}"));
    }

    static int[] Lengths<T>(Head<T> head, ExampleParts<T> parts, Pretrained pretrained)
    {
        IEnumerable<T> all = parts.Train.Concat(parts.Validation);
        if (parts.Test != parts.Validation) all = all.Concat(parts.Test);
        return [.. head.Lengths([.. all], pretrained.Tokenizer)];
    }

    static string Frozen(TextSettings settings) => settings.Freeze.OrNull() switch
    {
        null => "",
        Embeddings => ", embeddings frozen (--freeze)",
        var layers => $", embeddings and the first {layers} layers frozen (--freeze)",
    };

    /// <summary>How many layers are frozen above the embeddings; null: nothing is frozen.</summary>
    static int? FrozenLayers(TextSettings settings, BertConfiguration configuration)
    {
        if (settings.Freeze.OrNull() is not { } text) return null;
        if (text == Embeddings) return 0;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var layers) && layers >= 1
            && layers <= configuration.HiddenLayers ? layers
            : throw new UserException($"--freeze {text}: {Embeddings}, or a number of layers from 1 to " +
                $"{configuration.HiddenLayers} is needed.");
    }
}
