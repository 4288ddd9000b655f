using Nabla.Data;

namespace Nabla.Cli.Training;

/// <summary>The parts of the data, as pipelines of a run's configuration.</summary>
/// <param name="Train">To learn from.</param>
/// <param name="Validation">Watches the training and chooses the best checkpoint.</param>
/// <param name="Test">Looked at once, at the end.</param>
sealed record ImageParts(Dataset<Example> Train, Dataset<Example> Validation, Dataset<Example> Test)
{
    const int EvaluationBatch = 256;

    /// <summary>How many pictures each part has.</summary>
    public long[] Counts => [Train.Count, Validation.Count, Test.Count];

    /// <summary>Cuts the data: what comes without a test part loses a share to it, every class its share; the seed says which pictures go where.</summary>
    public static ImageParts Of(ImageSource source, double validation, double test, ulong seed)
    {
        if (source.Test is { } held)
        {
            var two = validation == 0 ? [source.Train, held] : Cut(source, seed, 1 - validation, validation);
            return new(two[0], two[1], held);
        }
        var parts = Cut(source, seed, SplitShares.Of(validation, test));
        return new(parts[0], parts[1], parts[^1]);
    }

    /// <summary>Shuffled and varied, made ahead while the model computes.</summary>
    public static Pipeline<LabelledBatch> Training(Dataset<Example> part, ImageConfiguration configuration)
    {
        var size = Size(configuration);
        ImageTransform[] transforms = [new Resize(size.Height, size.Width), .. Augmentations.Transforms(configuration.Augment, size), Normalize(configuration)];
        var batches = part.Shuffle(configuration.Seed).Transform(configuration.Seed, transforms).Batch(configuration.Batch);
        if (!Augmentations.HasMixUp(configuration.Augment)) return batches.Prefetch(4);
        return batches.MixUp(configuration.Classes.Length, 0.2, configuration.Seed).Map(batch => new LabelledBatch(batch.Inputs, batch.Targets)).Prefetch(4);
    }

    /// <summary>As they are.</summary>
    public static Pipeline<LabelledBatch> Evaluation(Dataset<Example> part, ImageConfiguration configuration) =>
        part.Transform(new Resize(configuration.Height, configuration.Width), Normalize(configuration)).Batch(EvaluationBatch).Prefetch(2);

    static ImageSize Size(ImageConfiguration configuration) => new(configuration.Channels, configuration.Height, configuration.Width);

    static Normalize Normalize(ImageConfiguration configuration) => new(configuration.Mean, configuration.Deviation);

    static Dataset<Example>[] Cut(ImageSource source, ulong seed, params double[] shares)
    {
        var parts = source.Train.StratifiedSplit(seed, shares);
        return parts.All(part => part.Count > 0) ? parts
            : throw new UserException($"{source.Train.Count} pictures are too few to be cut into {shares.Length} parts: one of them would be empty. Add pictures, or raise its share (--validation, --test).");
    }
}
