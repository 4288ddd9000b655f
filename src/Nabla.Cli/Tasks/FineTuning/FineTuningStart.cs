using Nabla.Cli.Datasets;
using Nabla.Cli.Sentences;
using Nabla.Cli.Tasks.Texts;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Training;

namespace Nabla.Cli.Tasks.FineTuning;

/// <summary>Chooses the head of a fine-tuning by its data, and opens what was trained.</summary>
static class FineTuningStart
{
    /// <summary>A new fine-tuning of <c>nabla train text --model FOLDER|ORG/NAME</c>.</summary>
    public static ITraining Begin(TextSettings settings)
    {
        if (!settings.Data.HasValue) throw new UserException("--data is missing: a table of labelled texts or pairs, sentences with " +
            "tags, or questions in SQuAD's JSON; a file, or a folder of train, dev and test.");
        TaskSettings.RequireNotGiven("it is not a setting of a pretrained model", settings.Vocabulary, settings.Cased, settings.Width,
            settings.Layers, settings.WordDropout);
        var pretrained = Pretrained.Open(settings.Model, $" Or name one of {string.Join(", ", TextModels.Names)}.");
        settings.Model.Set(Path.Exists(settings.Model) ? Path.GetFullPath(settings.Model) : settings.Model.Value);
        var data = settings.Data.Value;
        if (data == Paraphrases.Name) return FineTuningTraining.Begin(settings, pretrained, new ClassHead());
        if (!Path.Exists(data)) throw new UserException($"--data {data}: there is no such file or folder, nor is it {Paraphrases.Name}.");
        settings.Data.Set(data = Path.GetFullPath(data));
        if (settings.TagColumn.HasValue || PartFiles.IsTagged(data)) return FineTuningTraining.Begin(settings, pretrained, new TagHead());
        if (PartFiles.IsQuestions(data)) return FineTuningTraining.Begin(settings, pretrained, new AnswerHead());
        var tables = TextTables.Open(data, settings.TableOptions(settings.Regression ? LabelKind.Numbers : null));
        SequenceHead head = tables.Train.Labels == LabelKind.Numbers ? new NumberHead() : new ClassHead();
        return FineTuningTraining.Begin(settings, pretrained, head, head.Read(tables) with { Name = TextTables.NameOf(data) });
    }

    /// <summary>The fine-tuning of a run.</summary>
    public static ITraining Continue(TextSettings settings, RunFolder run) => settings.Head.Value switch
    {
        TagHead.HeadName => FineTuningTraining.Continue(settings, run, new TagHead()),
        AnswerHead.HeadName => FineTuningTraining.Continue(settings, run, new AnswerHead()),
        NumberHead.HeadName => FineTuningTraining.Continue(settings, run, new NumberHead(settings.PairColumn.HasValue)),
        _ => FineTuningTraining.Continue(settings, run, new ClassHead(settings.PairColumn.HasValue)),
    };

    /// <summary>The model of a run.</summary>
    public static ITrainedModel Open(RunFolder run, TextSettings settings, string checkpoint) => settings.Head.Value switch
    {
        TagHead.HeadName => new FineTunedModel<TaggedSentence>(new TagHead(), settings, PretrainedModel.InRun(run.Folder), run, checkpoint),
        AnswerHead.HeadName => new FineTunedModel<QuestionExample>(new AnswerHead(settings.AllowsNone), settings,
            PretrainedModel.InRun(run.Folder), run, checkpoint),
        NumberHead.HeadName => new FineTunedModel<TextExample>(new NumberHead(settings.PairColumn.HasValue), settings,
            PretrainedModel.InRun(run.Folder), run, checkpoint),
        _ => new FineTunedModel<TextExample>(new ClassHead(settings.PairColumn.HasValue), settings, PretrainedModel.InRun(run.Folder), run,
            checkpoint),
    };

    /// <summary>A fine-tuned model of a folder in Hugging Face's layout, without a run.</summary>
    /// <param name="model">A folder, or ORG/NAME of the Hugging Face Hub.</param>
    /// <param name="pairs">Whether it is to read pairs of texts.</param>
    public static ITrainedModel Open(string model, bool pairs)
    {
        var pretrained = Pretrained.Open(model);
        var settings = new TextSettings(new SettingList());
        settings.Tokens.Set(pretrained.Configuration.MaxPositions);
        return pretrained.Architecture switch
        {
            "BertForSequenceClassification" when Nabla.Training.FineTuning.IsRegression(pretrained.Configuration) =>
                new FineTunedModel<TextExample>(new NumberHead(pairs), settings, pretrained.Folder),
            "BertForSequenceClassification" => new FineTunedModel<TextExample>(new ClassHead(pairs), settings, pretrained.Folder),
            "BertForTokenClassification" => new FineTunedModel<TaggedSentence>(new TagHead(), settings, pretrained.Folder),
            "BertForQuestionAnswering" => new FineTunedModel<QuestionExample>(new AnswerHead(), settings, pretrained.Folder),
            var other => throw new UserException($"{model} is a {other ?? "model that does not say what it is"}, which predicts no " +
                "classes, tags or answers: \"architectures\" in its config.json would be BertForSequenceClassification, " +
                $"BertForTokenClassification or BertForQuestionAnswering. Fine-tune it: nabla train text --model {model} --data …"),
        };
    }
}
