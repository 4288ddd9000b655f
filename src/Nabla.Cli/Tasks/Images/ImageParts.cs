using Nabla.Data;

namespace Nabla.Cli.Tasks.Images;

/// <summary>The parts of the data, as pipelines.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Validation">Watches the training and chooses the best checkpoint.</param>
/// <param name="Test">Looked at once, at the end.</param>
sealed record ImageParts(Dataset<Example> Train, Dataset<Example> Validation, Dataset<Example> Test)
{
    const int EvaluationBatch = 256;

    /// <summary>How many images each part has.</summary>
    public long[] Counts => [Train.Count, Validation.Count, Test.Count];

    /// <summary>Cuts the data: what comes without a test part loses a share to it, every class its share; the seed says which images go
    /// where.</summary>
    public static ImageParts Of(ImageSource source, double validation, double test, ulong seed)
    {
        if (source.Test is { } held)
        {
            var two = validation == 0 ? [source.Train, held] : Cut(source, seed, 1 - validation, validation);
            return new(two[0], two[1], held);
        }
        var parts = Cut(source, seed, SplitFractions.Of(validation, test));
        return new(parts[0], parts[1], parts[^1]);
    }

    /// <summary>Shuffled and varied, made ahead while the model computes.</summary>
    public static Pipeline<LabelledBatch> Training(Dataset<Example> part, ImageSettings settings)
    {
        var size = Size(settings);
        ImageTransform[] transforms = [new Resize(size.Height, size.Width), .. Augmentations.Transforms(settings.Augment, size),
            Normalize(settings)];
        var batches = part.Shuffle(settings.Seed).Transform(settings.Seed, transforms).Batch(settings.Batch);
        if (!Augmentations.HasMixUp(settings.Augment)) return batches.Prefetch(4);
        return batches.MixUp(settings.Classes.Value.Length, 0.2, settings.Seed).Map(batch => new LabelledBatch(batch.Inputs, batch.Targets))
            .Prefetch(4);
    }

    /// <summary>As they are.</summary>
    public static Pipeline<LabelledBatch> Evaluation(Dataset<Example> part, ImageSettings settings) =>
        part.Transform(new Resize(settings.Height, settings.Width), Normalize(settings)).Batch(EvaluationBatch).Prefetch(2);

    static ImageSize Size(ImageSettings settings) => new(settings.Channels, settings.Height, settings.Width);

    static Normalize Normalize(ImageSettings settings) => new(settings.Mean, settings.Deviation);

    static Dataset<Example>[] Cut(ImageSource source, ulong seed, params double[] shares)
    {
        var parts = source.Train.StratifiedSplit(seed, shares);
        return parts.All(part => part.Count > 0) ? parts
            : throw new UserException($"{source.Train.Count} images are too few to be cut into {shares.Length} parts: one of them " +
                "would be empty. Add images, or raise its share (--validation, --test).");
    }
}
