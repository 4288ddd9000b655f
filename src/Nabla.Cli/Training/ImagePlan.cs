using System.Globalization;
using Nabla.Data;
using Nabla.Layers;

using Nabla.Cli.Tasks;

namespace Nabla.Cli.Training;

/// <summary>A training with every choice made, and what was assumed on the way.</summary>
/// <param name="Configuration">The choices.</param>
/// <param name="Source">The data.</param>
/// <param name="Parts">Its parts.</param>
/// <param name="Assumptions">What each choice is, and the option that changes it.</param>
sealed record ImagePlan(ImageConfiguration Configuration, ImageSource Source, ImageParts Parts, IReadOnlyList<(string Name, string Value)> Assumptions)
{
    /// <summary>Small nets learn the most from about this many epochs.</summary>
    const int UsualEpochs = 10;

    const int UsualBatch = 64;

    /// <summary>Fewer steps an epoch than this and the batches are made smaller, though not too small for batch statistics.</summary>
    const int LeastSteps = 20, LeastBatch = 8;

    /// <summary>Makes the choices that were left open.</summary>
    public static ImagePlan Make(ImageRequest request)
    {
        if (request.Data is null) throw new UserException($"--data is missing: {ImageSource.Kinds}.");
        var from = request.Model is { } name && !ImageModels.Names.Contains(name) ? EarlierRun(name) : null;
        var form = from is null ? new ImageForm(null, request.Size, request.Size, request.SkipUnreadable) : ImageForm.Of(from) with { SkipUnreadable = request.SkipUnreadable };
        var source = ImageSource.Open(request.Data, form);
        if (source.Classes.Count < 2) throw new UserException($"{request.Data} has {source.Classes.Count} class; at least 2 are needed to tell apart.");
        var model = from?.Model ?? request.Model ?? ImageModels.Usual(source.Size);
        var seed = request.Seed ?? 1;
        var data = Path.Exists(request.Data) ? Path.GetFullPath(request.Data) : request.Data;
        // What the earlier run has learned from must not be what this one is tested on.
        var alike = from?.Data == data ? from : null;
        var (validation, test) = (request.ValidationShare ?? alike?.ValidationShare ?? 0.1, request.TestShare ?? alike?.TestShare ?? 0.1);
        var splitSeed = request.SplitSeed ?? alike?.SplitSeed ?? alike?.Seed ?? seed;
        var parts = ImageParts.Of(source, validation, test, splitSeed);
        var (height, width) = SizeFor(model, source, request.Size, from);
        var (mean, deviation) = Statistics(parts.Train, height, width, from);
        var optimizer = request.Optimizer ?? ImageModels.UsualOptimizer(model);
        var configuration = new ImageConfiguration
        {
            Data = data, ValidationShare = validation, TestShare = source.Test is null ? test : 0, Pictures = parts.Counts,
            Classes = [.. source.Classes], Channels = source.Size.Channels, Height = height, Width = width, Mean = mean, Deviation = deviation, SkipUnreadable = request.SkipUnreadable,
            Model = model, StartedFrom = from is null ? null : Path.GetFullPath(request.Model!), Epochs = request.Epochs ?? UsualEpochs,
            Batch = request.Batch ?? (int)Math.Clamp(parts.Train.Count / LeastSteps, LeastBatch, UsualBatch), Accumulate = request.Accumulate ?? 1,
            Optimizer = optimizer, LearningRate = request.LearningRate ?? ImageModels.UsualRate(optimizer) * (from is null ? 1 : 0.1), Schedule = request.Schedule ?? "cosine",
            WeightDecay = request.WeightDecay ?? ImageModels.UsualDecay(optimizer), LabelSmoothing = request.LabelSmoothing ?? 0, Augment = request.Augment ?? UsualAugmentation(source),
            ClipNorm = request.ClipNorm, Average = request.Average, Patience = request.Patience, Seed = seed, SplitSeed = splitSeed == seed ? request.SplitSeed : splitSeed, SaveEvery = request.SaveEvery ?? 100, TensorBoard = request.TensorBoard,
        };
        if (from is not null && from.Channels != configuration.Channels)
            throw new UserException($"--model {request.Model} was trained on pictures of {from.Channels} channels; these have {configuration.Channels}. Name a model to begin anew, such as --model {from.Model}.");
        return new(configuration, source, parts, Say(configuration, source, parts));
    }

    /// <summary>The plan of a run, from its configuration.</summary>
    /// <param name="configuration">As it was saved, but for what may change.</param>
    public static ImagePlan Of(ImageConfiguration configuration)
    {
        var source = ImageSource.Open(configuration.Data, ImageForm.Of(configuration));
        if (!source.Classes.SequenceEqual(configuration.Classes))
            throw new UserException($"{configuration.Data} has the classes {Listed(source.Classes)}; the run was begun with {Listed(configuration.Classes)}. Bring the data back to what it was, or begin a new run.");
        var parts = ImageParts.Of(source, configuration.ValidationShare, configuration.TestShare, configuration.SplitSeed ?? configuration.Seed);
        if (!parts.Counts.SequenceEqual(configuration.Pictures))
        {
            throw new UserException(Invariant($"{configuration.Data} has {parts.Counts.Sum():n0} pictures now, the run was begun with {configuration.Pictures.Sum():n0}, so that its place in them is lost. ") +
                "Bring the data back to what it was, or begin a new run with what this one has learned: --model RUN.");
        }
        return new(configuration, source, parts, Say(configuration, source, parts));
    }

    static ImageConfiguration EarlierRun(string folder) => Nabla.Training.RunFolder.Exists(folder) ? ImageConfiguration.Read(Nabla.Training.RunFolder.Open(folder))
        : throw new UserException($"--model {folder}: there is no such model, and no run in such a folder. Models: {string.Join(", ", ImageModels.Names)}.");

    static (int Height, int Width) SizeFor(string model, ImageSource source, int? asked, ImageConfiguration? from)
    {
        if (from is not null) return (from.Height, from.Width);
        var least = ImageModels.LeastSide(model);
        if (asked < least) throw new UserException($"--size {asked}: {model} needs pictures of at least {least} × {least}.");
        if (asked is { } side) return (side, side);
        // Twice as large as often as needed: pixels stay pixels.
        var larger = Math.Max(source.Size.Height, source.Size.Width);
        while (larger < least) larger *= 2;
        return model == "mlp" ? (source.Size.Height, source.Size.Width) : (larger, larger);
    }

    static (double[] Mean, double[] Deviation) Statistics(Dataset<Example> train, int height, int width, ImageConfiguration? from)
    {
        // What the earlier run learned, it learned of pictures normalised its way.
        if (from is not null) return (from.Mean, from.Deviation);
        var statistics = ChannelStatistics.Of(train.Transform(new Resize(height, width)));
        return ([.. statistics.Mean.Select(Short)], [.. statistics.Deviation.Select(deviation => Math.Max(Short(deviation), 1e-3))]);

        static double Short(double value) => Math.Round(value, 4);
    }

    /// <summary>Photographs look the same in a mirror; letters and digits do not.</summary>
    static string[] UsualAugmentation(ImageSource source) => source.Size.Channels == 3 ? ["flip", "crop"] : [];

    static List<(string, string)> Say(ImageConfiguration c, ImageSource source, ImageParts parts)
    {
        var model = ImageModels.Make(c);
        var held = source.Test is null ? "test" : "test, the data's own part";
        return
        [
            ("data", source.Description),
            ("classes", $"{c.Classes.Length}: {Listed(c.Classes)}"),
            ("pictures", Invariant($"{c.Width} × {c.Height}, {(c.Channels == 1 ? "grey" : "colour")}{(c.Height != source.Size.Height || c.Width != source.Size.Width ? $", from {source.Size.Width} × {source.Size.Height}" : "")} (--size)")),
            ("split", parts.Validation == parts.Test ? Invariant($"{parts.Train.Count:n0} to learn from, {parts.Test.Count:n0} held out for validation and {held} alike (--validation, --test)")
                : Invariant($"{parts.Train.Count:n0} to learn from, {parts.Validation.Count:n0} validation, {parts.Test.Count:n0} {held}; every class in its share (--validation, --test, --split-seed)")),
            ("pixels", $"(pixel − {Numbers(c.Mean)}) ÷ {Numbers(c.Deviation)}, the mean and deviation of the training part"),
            ("varied by", c.Augment.Length == 0 ? "nothing (--augment)" : $"{string.Join(", ", c.Augment)} (--augment)"),
            ("model", Invariant($"{c.Model}, {model.ParameterCount():n0} parameters{(c.StartedFrom is null ? "" : $", from the best checkpoint of {c.StartedFrom}")} (--model)")),
            ("training", Invariant($"{c.Epochs} {(c.Epochs == 1 ? "epoch" : "epochs")} in batches of {c.Batch}{(c.Accumulate > 1 ? $" × {c.Accumulate}" : "")}; {c.Optimizer}, learning rate {c.LearningRate:G4} ({c.Schedule}), weight decay {c.WeightDecay:G4}")),
            .. AbsentClasses.Warnings(c.Classes, "pictures", ClassBalance.Of(parts.Train, c.Classes.Length), ClassBalance.Of(parts.Test, c.Classes.Length), "it says nothing of them"),
            .. c.StartedFrom is { } run && source.Test is null ? Seen(c, run) : [],
        ];
    }

    /// <summary>A warning if a run that this one goes back to has learned from the same data cut another way.</summary>
    static IEnumerable<(string, string)> Seen(ImageConfiguration c, string startedFrom)
    {
        var visited = new HashSet<string>(StringComparer.Ordinal);
        for (var folder = startedFrom; folder is not null && visited.Add(folder) && Nabla.Training.RunFolder.Exists(folder);)
        {
            var earlier = ImageConfiguration.Read(Nabla.Training.RunFolder.Open(folder));
            if (earlier.Data == c.Data && !IsCutAlike(c, earlier))
            {
                yield return (RunFolders.Warning, $"{folder} may have learned from pictures of this test part, which then flatters: {(c.Pictures.Sum() == earlier.Pictures.Sum()
                    ? "leave --split-seed, --validation and --test as they were there" : "the data has changed since; judge it by pictures that it has not seen (nabla evaluate RUN --data OTHERS)")}");
                yield break;
            }
            folder = earlier.StartedFrom;
        }
    }

    static bool IsCutAlike(ImageConfiguration one, ImageConfiguration other) => one.Pictures.SequenceEqual(other.Pictures) && one.Classes.SequenceEqual(other.Classes)
        && (one.ValidationShare, one.TestShare, one.SplitSeed ?? one.Seed) == (other.ValidationShare, other.TestShare, other.SplitSeed ?? other.Seed);

    static string Listed(IReadOnlyList<string> names) => names.Count <= 10 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(8))}, … {names[^1]}";

    static string Numbers(double[] values) => string.Join("/", values.Select(value => value.ToString("0.###", CultureInfo.InvariantCulture)));
}
