using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Training;

namespace Nabla.Cli.Training;

/// <summary>A run of <c>nabla train image</c> that has a model to use.</summary>
/// <param name="Run">Its folder.</param>
/// <param name="Configuration">What it was trained with.</param>
/// <param name="Checkpoint">The file of the model.</param>
sealed record TrainedImages(RunFolder Run, ImageConfiguration Configuration, string Checkpoint) : TrainedRun(Run, Checkpoint)
{
    public override IReadOnlyList<string> Classes => Configuration.Classes;

    public override IEnumerable<string> Inputs(string argument)
    {
        if (!Directory.Exists(argument)) return File.Exists(argument) ? [argument] : throw new UserException($"{argument}: there is no such picture or folder.");
        var files = Directory.EnumerateFiles(argument, "*", SearchOption.AllDirectories).Where(ImageFile.IsImage).Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0 ? files : throw new UserException($"{argument} has no pictures in it.");
    }

    public override Func<string, IReadOnlyList<Guess>> Predictor(int top)
    {
        var model = ImageModels.Make(Configuration);
        Nabla.Checkpoints.Checkpoint.Load(model, Checkpoint);
        var (mean, deviation) = (Configuration.PerChannel(Configuration.Mean), Configuration.PerChannel(Configuration.Deviation));
        var size = new ImageSize(Configuration.Channels, Configuration.Height, Configuration.Width);
        return file =>
        {
            var x = ((ImageFile.Read(file, size) - mean) / deviation).Unsqueeze(0);                    // [1, channels, height, width]
            return Likeliest(model.Forward(x).Softmax(axis: 1).ToArray<float>(), top);
        };
    }

    public override Verdict Judge(string? data)
    {
        var (words, pictures) = data is null ? Own() : Others(data);
        var (evaluator, metrics) = ImageRun.Evaluate(Configuration, Checkpoint, pictures);
        return new(Invariant($"{metrics["accuracy"]:0.00%} of {words} right; loss {metrics["loss"]:0.0000}."), pictures.Count, metrics, evaluator.Matrix);
    }

    (string, Dataset<Example>) Own()
    {
        var plan = ImagePlan.Of(Configuration);
        return (Invariant($"{plan.Parts.Test.Count:n0} test pictures of {plan.Source.Name}"), plan.Parts.Test);
    }

    (string, Dataset<Example>) Others(string data)
    {
        var source = ImageSource.Open(data, ImageForm.Of(Configuration));
        if (source.Size.Channels != Configuration.Channels)
            throw new UserException($"{data} has pictures of {source.Size.Channels} channels; the run was trained on {Configuration.Channels}.");
        var numbers = NumbersOf(data, source.Classes);
        var pictures = (source.Test ?? source.Train).Map(example => example with { Label = numbers[example.Label] });
        return (Invariant($"{pictures.Count:n0} pictures of {source.Name}"), pictures);
    }
}
