using Nabla.Cli.Commands;
using Nabla.Cli.Datasets;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Training;

namespace Nabla.Cli.Training;

/// <summary>A run of <c>nabla train text</c> that has a model to use.</summary>
/// <param name="Run">Its folder.</param>
/// <param name="Configuration">What it was trained with.</param>
/// <param name="Checkpoint">The file of the model.</param>
sealed record TrainedTexts(RunFolder Run, TextConfiguration Configuration, string Checkpoint) : TrainedRun(Run, Checkpoint)
{
    public override IReadOnlyList<string> Classes => Configuration.Classes;

    /// <summary>Each argument is a text, or a file with one.</summary>
    public override IEnumerable<string> Inputs(string argument) => string.IsNullOrWhiteSpace(TextOf(argument))
        ? throw new UserException($"{(File.Exists(argument) ? argument : $"\"{argument}\"")} is no text: there is nothing to read in it.") : [argument];

    /// <summary>Where it looks like the path of a file that is not there.</summary>
    public override string? Doubt(string argument) => !File.Exists(argument) && !argument.Any(char.IsWhiteSpace) && (argument.Contains(Path.DirectorySeparatorChar) || Path.GetExtension(argument).Length is > 1 and <= 6)
        ? $"{argument} is no file, so it is read as a text." : null;

    public override Func<string, IReadOnlyList<Guess>> Predictor(int top)
    {
        var model = TextModels.Make(Configuration);
        Nabla.Checkpoints.Checkpoint.Load(model, Checkpoint);
        var tokenizer = TextPlan.TokenizerOf(Run);
        return input => Likeliest(model.Forward(Ragged.From([TextParts.Ids(tokenizer, TextOf(input), Configuration.Tokens)])).Softmax(axis: 1).ToArray<float>(), top);
    }

    public override Verdict Judge(string? data)
    {
        var (words, texts) = data is null ? Own() : Others(data);
        var (evaluator, metrics) = TextRun.Evaluate(Configuration, Checkpoint, texts, TextPlan.TokenizerOf(Run));
        return new(TextRun.Sentence(evaluator, metrics, Classes, words), texts.Count, metrics, evaluator.Matrix);
    }

    string TextOf(string input) => !File.Exists(input) ? input : Configuration.IsMail ? Mail.Text(File.ReadAllBytes(input)) : Read(input);

    static string Read(string file)
    {
        using var reader = new StreamReader(DataFile.OpenText(file));
        return reader.ReadToEnd();
    }

    (string, Dataset<LabelledText>) Own()
    {
        var plan = TextPlan.Of(Configuration, Run);
        return (Invariant($"{plan.Parts.Test.Count:n0} test texts of {plan.Source.Name}"), plan.Parts.Test);
    }

    (string, Dataset<LabelledText>) Others(string data)
    {
        var source = TextSource.Open(data, Configuration.TextColumn, Configuration.LabelColumn);
        var numbers = NumbersOf(data, source.Classes);
        return (Invariant($"{source.Texts.Count:n0} texts of {source.Name}"), source.Texts.Map(text => text with { Label = numbers[text.Label] }));
    }
}
