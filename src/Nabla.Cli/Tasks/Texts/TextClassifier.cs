using Nabla.Checkpoints;
using Nabla.Cli.Datasets;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Training;

namespace Nabla.Cli.Tasks.Texts;

/// <summary>The model of a run of <c>nabla train text</c>.</summary>
/// <param name="run">Its folder.</param>
/// <param name="settings">What it was trained with.</param>
/// <param name="checkpoint">The file of the model.</param>
sealed class TextClassifier(RunFolder run, TextSettings settings, string checkpoint) : TrainedClassifier(settings.Classes.Value)
{
    public override EvaluationResult Evaluate(string? data)
    {
        var (what, name, texts) = data is null ? TestPart() : OtherData(data);
        var (evaluator, metrics) = TextTraining.Evaluate(settings, checkpoint, texts, TextTraining.TokenizerOf(run));
        return Result(evaluator.Headline(what, metrics, settings.Classes.Value, Invariant($"{texts.Count:n0} texts of {name}")),
            texts.Count, metrics, evaluator.Matrix);
    }

    /// <summary>An argument that looks like the path of a file which does not exist.</summary>
    public override IEnumerable<string> Warnings(string argument)
    {
        var looksLikePath = argument.Contains(Path.DirectorySeparatorChar) || Path.GetExtension(argument).Length is > 1 and <= 6;
        if (looksLikePath && !File.Exists(argument) && !argument.Any(char.IsWhiteSpace))
            yield return $"{argument} is no file, so it is read as a text.";
    }

    /// <summary>Each argument is a text, or a file with one.</summary>
    public override IEnumerable<string> Inputs(string argument) => string.IsNullOrWhiteSpace(TextOf(argument))
        ? throw new UserException($"{(File.Exists(argument) ? argument : $"\"{argument}\"")} is no text: there is nothing to read in it.")
            : [argument];

    protected override Func<string, float[]> Probabilities()
    {
        var model = TextModels.Make(settings);
        Checkpoint.Load(model, checkpoint);
        var tokenizer = TextTraining.TokenizerOf(run);
        return input => model.Forward(Ragged.From([TextParts.Ids(tokenizer, TextOf(input), settings.Tokens)])).Softmax(axis: 1)
            .ToArray<float>();
    }

    (string, string, Dataset<LabelledText>) TestPart()
    {
        var training = TextTraining.Continue(settings, run);
        return ("Test accuracy", training.DataName, training.Parts.Test);
    }

    (string, string, Dataset<LabelledText>) OtherData(string data)
    {
        var source = TextSource.Open(data, settings);
        var labels = LabelsOf(data, source.Classes);
        return ("Accuracy", source.Name, (source.Test ?? source.Validation ?? source.Texts)
            .Map(text => text with { Label = labels[text.Label] }));
    }

    string TextOf(string input) => !File.Exists(input) ? input : settings.IsMail ? Mail.Text(File.ReadAllBytes(input)) : Read(input);

    static string Read(string file)
    {
        using var reader = new StreamReader(DataFile.OpenText(file));
        return reader.ReadToEnd();
    }
}
