using Nabla.Data;
using Nabla.Metrics;
using Nabla.Models;

namespace Nabla.Training;

/// <summary>
/// Evaluates a model that answers questions: <c>loss</c>, and <c>exact_match</c> and <c>f1</c> of the best answer over all windows as the
/// script of SQuAD computes them. F1 decides what is best.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="questions">The questions.</param>
/// <param name="windows">Their windows; their examples are the data to evaluate, in this order.</param>
public sealed class QuestionAnsweringEvaluator(BertForQuestionAnswering model, IReadOnlyList<QuestionExample> questions,
    IReadOnlyList<QuestionWindow> windows) : Evaluator<FineTuningBatch>
{
    /// <summary>How answers are found. Unless set, none is allowed where a question cannot be answered.</summary>
    public AnswerSearch Search { get; init; } = new() { AllowsNone = questions.Any(question => question.IsImpossible) };

    /// <summary>The best answers of the last evaluation, in the order of the questions.</summary>
    public IReadOnlyList<FoundAnswer> Answers { get; private set; } = [];

    /// <summary>Of the last evaluation.</summary>
    public SquadMetrics Metrics { get; } = new();

    /// <inheritdoc/>
    public override Goal Goal => new("f1", LargerIsBetter: true);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The data are not those of the windows.</exception>
    public override IReadOnlyDictionary<string, double> Evaluate(Pipeline<FineTuningBatch> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var (loss, logits) = (0.0, new List<(float[], float[])>());
        foreach (var batch in data)
        {
            var output = model.Forward(batch.Input);                                       // values [tokens, 2]
            loss += BertForQuestionAnswering.Loss(output, batch.Column(0), batch.Column(1)).Item() * batch.Examples.Count;
            for (var i = 0; i < output.Count; i++) logits.Add(AnswerSearch.Columns(output[i]));
        }
        if (logits.Count != windows.Count) throw new ArgumentException($"QuestionAnsweringEvaluator: {logits.Count} examples for " +
            $"{windows.Count} windows. Give the examples of the windows, in their order.", nameof(data));
        Answers = [.. Search.Rank(questions, windows, logits).Select(answers => answers[0])];
        Metrics.Reset();
        foreach (var (question, answer) in questions.Zip(Answers))
            Metrics.Update(answer.Text, [.. question.Answers.Select(right => right.Text)]);
        return new Dictionary<string, double>
        {
            ["loss"] = loss / Math.Max(1, windows.Count), ["exact_match"] = Metrics.ExactMatch, ["f1"] = Metrics.F1,
        };
    }
}
