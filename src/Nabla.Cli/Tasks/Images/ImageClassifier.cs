using Nabla.Checkpoints;
using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Cli.Tasks.Images;

/// <summary>The model of a run of <c>nabla train image</c>.</summary>
/// <param name="settings">What it was trained with.</param>
/// <param name="checkpoint">The file of the model.</param>
sealed class ImageClassifier(ImageSettings settings, string checkpoint) : TrainedClassifier(settings.Classes.Value)
{
    public override EvaluationResult Evaluate(string? data)
    {
        var (what, name, images) = data is null ? TestPart() : OtherData(data);
        var (evaluator, metrics) = ImageTraining.Evaluate(settings, checkpoint, images);
        return Result(ImageTraining.Headline(what, metrics, Invariant($"{images.Count:n0} images of {name}")), images.Count, metrics,
            evaluator.Matrix);
    }

    /// <summary>A file, or all images of a folder.</summary>
    public override IEnumerable<string> Inputs(string argument)
    {
        if (!Directory.Exists(argument)) return File.Exists(argument) ? [argument]
            : throw new UserException($"{argument}: there is no such image or folder.");
        var files = Directory.EnumerateFiles(argument, "*", SearchOption.AllDirectories).Where(ImageFile.IsImage)
            .Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0 ? files : throw new UserException($"{argument} has no images in it.");
    }

    protected override Func<string, float[]> Probabilities()
    {
        var model = ImageModels.Make(settings);
        Checkpoint.Load(model, checkpoint);
        var (mean, deviation) = (settings.PerChannel(settings.Mean), settings.PerChannel(settings.Deviation));
        var size = new ImageSize(settings.Channels, settings.Height, settings.Width);
        return file => model.Forward(((ImageFile.Read(file, size) - mean) / deviation).Unsqueeze(0)).Softmax(axis: 1)
            .ToArray<float>();   // [1, channels, height, width]
    }

    (string, string, Dataset<Example>) TestPart()
    {
        var training = ImageTraining.Continue(settings);
        return ("Test accuracy", training.DataName, training.Parts.Test);
    }

    (string, string, Dataset<Example>) OtherData(string data)
    {
        var source = ImageSource.Open(data, ImageForm.Of(settings));
        if (source.Size.Channels != settings.Channels)
            throw new UserException($"{data} has images of {source.Size.Channels} channels; the run was trained on {settings.Channels}.");
        var labels = LabelsOf(data, source.Classes);
        return ("Accuracy", source.Name, (source.Test ?? source.Train).Map(example => example with { Label = labels[example.Label] }));
    }
}
