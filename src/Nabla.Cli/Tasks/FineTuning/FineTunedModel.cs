using Nabla.Checkpoints;
using Nabla.Cli.Datasets;
using Nabla.Cli.Sentences;
using Nabla.Cli.Tasks.Texts;
using Nabla.Data;
using Nabla.Models;
using Nabla.Training;

namespace Nabla.Cli.Tasks.FineTuning;

/// <summary>A fine-tuned BERT: that of a run's checkpoint, or of a folder in Hugging Face's layout.</summary>
/// <param name="head">What it was fine-tuned for.</param>
/// <param name="settings">What it was trained with; of a folder without a run only the length.</param>
/// <param name="folder">The folder in Hugging Face's layout.</param>
/// <param name="run">The run; null: there is none.</param>
/// <param name="checkpoint">The run's checkpoint; null: the weights of the folder.</param>
sealed class FineTunedModel<T>(Head<T> head, TextSettings settings, string folder, RunFolder? run = null, string? checkpoint = null)
    : ITrainedModel
{
    readonly Pretrained pretrained = Pretrained.OfFolder(folder);

    public string? SecondOption => head.SecondOption;

    IReadOnlyList<string> Labels => head is NumberHead or AnswerHead ? [] : pretrained.Configuration.Labels;

    public EvaluationResult Evaluate(string? data)
    {
        if (data is null)
        {
            if (run is null) throw new UserException($"{folder} has no test part of its own: name the data (--data FILE).");
            return Result(Test(run));
        }
        if (data != Paraphrases.Name && !Path.Exists(data)) throw new UserException($"--data {data}: there is no such file or folder.");
        var source = head.Open(data, settings, head is NumberHead or AnswerHead ? null : Labels);
        var part = head.Encode(source.ToEvaluate, pretrained.Tokenizer, settings.Tokens, Labels);
        var (metrics, said) = FineTuningTraining<T>.Evaluate(head, Load(), part, Labels, "", null);
        return Result((part.Examples.Count, metrics, said));
    }

    public IEnumerable<string> Warnings(string argument)
    {
        var looksLikePath = argument.Contains(Path.DirectorySeparatorChar) || Path.GetExtension(argument).Length is > 1 and <= 6;
        if (looksLikePath && !File.Exists(argument) && !argument.Any(char.IsWhiteSpace))
            yield return $"{argument} is no file, so it is read as a text.";
    }

    /// <summary>A text, the lines of a file, or those of the standard input.</summary>
    public IEnumerable<string> Inputs(string argument)
    {
        if (argument != TextLines.StandardInput && !File.Exists(argument)) return [Checked(argument, $"\"{argument}\"")];
        string[] lines = [.. TextLines.Read(argument).Where(line => !string.IsNullOrWhiteSpace(line))];
        return lines.Length > 0 ? lines : [Checked("", argument)];
    }

    public IEnumerable<Prediction> Predict(IReadOnlyList<string> inputs, int top) =>
        head.Predict(Load(), pretrained.Tokenizer, settings.Tokens, inputs, top);

    (long, IReadOnlyDictionary<string, double>, EvaluationText) Test(RunFolder trained) =>
        FineTuningTraining.Continue(settings, trained, head).EvaluateTest(Load());

    static EvaluationResult Result((long Count, IReadOnlyDictionary<string, double> Metrics, EvaluationText Said) evaluation) =>
        new(evaluation.Count, evaluation.Metrics, [evaluation.Said.Headline, .. evaluation.Said.Lines]);

    IBertModel Load()
    {
        var model = head.NewModel(pretrained.Configuration);
        if (checkpoint is not null) Checkpoint.Load(model, checkpoint);
        else if (BertCheckpoint.Load(model, folder).Missing is [var missing, ..])
            throw new UserException($"{folder}: the weights hold no {missing}, so the model was not fine-tuned. " +
                $"Fine-tune it: nabla train text --model {folder}.");
        return model;
    }

    static string Checked(string text, string shown) => string.IsNullOrWhiteSpace(text)
        ? throw new UserException($"{shown} is no text: there is nothing to read in it.") : text;
}
