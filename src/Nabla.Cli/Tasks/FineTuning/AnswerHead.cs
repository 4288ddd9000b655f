using System.Text.Json.Nodes;
using Nabla.Cli.Tasks.Texts;
using Nabla.Data;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Text;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Tasks.FineTuning;

/// <summary>The answer to a question as a span of a context (SQuAD).</summary>
/// <param name="allowsNone">Whether it was trained on questions without an answer too (SQuAD 2.0), and may say that there is none.</param>
sealed class AnswerHead(bool allowsNone = false) : Head<QuestionExample>
{
    public const string HeadName = "answers";

    const int ShownMistakes = 20;

    bool allowsNone = allowsNone;

    public override string Name => HeadName;

    public override string Unit => "questions";

    public override string? SecondOption => "--context";

    public override int DefaultLength => 384;

    public override string TooLong => "are read in several windows";

    public override FineTuningSource<QuestionExample> Open(string data, TextSettings settings, IReadOnlyList<string>? labels = null)
    {
        var files = PartFiles.Of(data);
        QuestionFile Read(string file) => TextTables.Read(() => QuestionFile.Open(file, settings.Encoding.OrNull()));
        var (train, validation, test) = (Read(files.Train), files.Validation is { } dev ? Read(dev) : null,
            files.Test is { } last ? Read(last) : null);
        var (count, impossible) = (train.Questions.Count, train.Questions.Count(question => question.IsImpossible));
        if (impossible == count) throw new UserException($"{train.Path}: no question has an answer. Name a file with answers.");
        allowsNone |= impossible > 0;
        return new(TextTables.NameOf(data), Invariant($"{count:n0} questions of {Path.GetFullPath(train.Path)}"), [],
            new(train.Questions, validation?.Questions, test?.Questions))
        {
            Assumptions =
            [
                .. impossible > 0 ? (string[])[Invariant($"{impossible:n0} questions have no answer in their context (SQuAD 2.0).")] : [],
                .. train.Misplaced.Count > 0
                    ? (string[])[Invariant($"{train.Misplaced.Count:n0} answers are not where the file says; they are not trained on.")]
                        : [],
            ],
            Preview = [.. train.Questions.Take(3).Select(question => $"{TextTables.Short(question.Question)} ‖ " +
                $"{TextTables.Short(question.Context)} → " +
                (question.Answers is [var answer, ..] ? TextTables.Short(answer.Text) : "no answer"))],
        };
    }

    public override void SetColumns(TextSettings settings) => settings.AllowsNone.Set(allowsNone);

    /// <summary>Questions about one context come into the same part.</summary>
    public override string KeyOf(QuestionExample example) => example.Context;

    public override BertConfiguration Configure(BertConfiguration configuration, IReadOnlyList<string> labels) =>
        configuration with { Labels = ["LABEL_0", "LABEL_1"], ProblemType = null };

    public override IBertModel NewModel(BertConfiguration configuration) => new BertForQuestionAnswering(configuration);

    public override IEnumerable<int> Lengths(IReadOnlyList<QuestionExample> examples, BertTokenizer tokenizer) =>
        tokenizer.EncodeBatch([.. examples.Select(one => (one.Question, (string?)one.Context))], new() { Offsets = false })
            .Select(text => text.Count);

    public override EncodedPart<QuestionExample> Encode(IReadOnlyList<QuestionExample> examples, BertTokenizer tokenizer, int maxLength,
        IReadOnlyList<string> labels)
    {
        var windows = new QuestionEncoder(tokenizer, maxLength).Encode(examples);
        return new(examples, [.. windows.Select(window => window.Example)]) { Windows = windows };
    }

    public override Evaluator<FineTuningBatch> NewEvaluator(IBertModel model, EncodedPart<QuestionExample> part) =>
        new QuestionAnsweringEvaluator((BertForQuestionAnswering)model, part.Examples, part.Windows);

    public override EvaluationText Describe(string prefix, Evaluator<FineTuningBatch> evaluator,
        IReadOnlyDictionary<string, double> metrics, EncodedPart<QuestionExample> part,
        IReadOnlyList<string> labels, IReadOnlyList<QuestionExample>? train)
    {
        var (answers, count) = ((QuestionAnsweringEvaluator)evaluator, part.Examples.Count);
        var interval = Proportion.Wilson((long)Math.Round(answers.Metrics.ExactMatch * count), count);
        var none = (double)part.Examples.Count(question => question.IsImpossible) / count;
        var mistakes = part.Examples.Zip(answers.Answers).Where(pair =>
            SquadMetrics.ExactMatchOf(pair.Second.Text, [.. pair.First.Answers.Select(answer => answer.Text)]) == 0);
        return new((prefix.Length > 0 ? "Test exact" : "Exact") +
            Invariant($" match {metrics["exact_match"]:0.0%} ({count:n0} questions), ") +
            Invariant($"F1 {metrics["f1"]:0.0%}, baseline {none:0.0%}."),
            [Invariant($"95% interval of the exact match {interval.Lower:0.0%} to {interval.Upper:0.0%}; the baseline never answers.")])
        {
            Examples = ("Answers that do not match, the most probable first", ["question", "answer", "predicted", "probability"],
                [.. mistakes.OrderByDescending(pair => pair.Second.Probability).Take(ShownMistakes).Select(pair => (string[])
                [
                    TextTables.Short(pair.First.Question, 200),
                    pair.First.Answers is [var answer, ..] ? TextTables.Short(answer.Text, 200) : "none",
                    pair.Second.Text.Length > 0 ? TextTables.Short(pair.Second.Text, 200) : "none",
                    Invariant($"{pair.Second.Probability:0.0%}"),
                ])]),
        };
    }

    public override IEnumerable<Prediction> Predict(IBertModel model, BertTokenizer tokenizer, int maxLength, IReadOnlyList<string> inputs,
        int top) => inputs.Select(input =>
    {
        var (text, context) = Parts(input);
        if (string.IsNullOrWhiteSpace(context))
            throw new UserException($"\"{TextTables.Short(input)}\" has no text to find the answer in. " +
            "Give it by --context TEXT|FILE, or behind a tab.");
        QuestionExample[] question = [new("", text, context, [], IsImpossible: false)];
        var windows = new QuestionEncoder(tokenizer, Math.Min(maxLength, DefaultLength)).Encode(question);
        var answers = new AnswerSearch { AllowsNone = allowsNone }.Find((BertForQuestionAnswering)model, question, windows)[0].Take(top).ToArray();
        var line = string.Join("   ", answers.Select((answer, i) =>
            Invariant($"[{(i == 0 ? "bold" : "grey")}]{(answer.Text.Length > 0 ? Markup.Escape(answer.Text) : "none")} {answer.Probability:0.0%}[/]")));
        return new Prediction($"{Markup.Escape(TextTables.Short(text))}   {line}", new JsonObject
        {
            ["question"] = text,
            ["answers"] = new JsonArray([.. answers.Select(answer => (JsonNode)new JsonObject
            {
                ["text"] = answer.Text, ["start"] = answer.Start, ["probability"] = answer.Probability,
            })]),
        });
    });
}
