using Nabla.Data;
using Nabla.Models;

namespace Nabla.Training;

/// <summary>An answer that a model found in a context.</summary>
/// <param name="Text">The answer; "": the context does not hold it.</param>
/// <param name="Start">Where it begins in the context, in UTF-16 code units.</param>
/// <param name="Score">The sum of the logits of its start and end.</param>
/// <param name="Probability">The softmax of the scores over all answers that were considered.</param>
public readonly record struct FoundAnswer(string Text, int Start, double Score, double Probability);

/// <summary>
/// The best spans over all windows of a question (Devlin et al. 2018, §4.2 and §4.3, as published in run_squad): of each window the
/// likeliest starts and ends that make a span of the context, ranked by the sum of their logits.
/// </summary>
public sealed class AnswerSearch
{
    /// <summary>The most tokens of an answer.</summary>
    public int MaxAnswerTokens { get; init; } = 30;

    /// <summary>How many starts and ends of each window are considered, and how many answers are returned at most.</summary>
    public int Best { get; init; } = 20;

    /// <summary>Whether the context may not hold the answer (SQuAD 2.0): the null answer is the score of [CLS], the least over the
    /// windows.</summary>
    public bool AllowsNone { get; init; }

    /// <summary>The answers to each question, the best first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="windows">Their windows: the result of <see cref="QuestionEncoder.Encode"/>.</param>
    /// <param name="batch">Windows of a batch.</param>
    public IReadOnlyList<IReadOnlyList<FoundAnswer>> Find(BertForQuestionAnswering model, IReadOnlyList<QuestionExample> questions,
        IReadOnlyList<QuestionWindow> windows, int batch = 16)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(windows);
        var logits = new List<(float[] Starts, float[] Ends)>();
        foreach (var chunk in windows.Chunk(batch))
        {
            var output = model.Forward(BertInput.From([.. chunk.Select(window => window.Example.Text)]));
            for (var i = 0; i < output.Count; i++) logits.Add(Columns(output[i]));
        }
        return Rank(questions, windows, logits);
    }

    /// <summary>The answers by the logits of each window.</summary>
    internal IReadOnlyList<IReadOnlyList<FoundAnswer>> Rank(IReadOnlyList<QuestionExample> questions, IReadOnlyList<QuestionWindow> windows,
        IReadOnlyList<(float[] Starts, float[] Ends)> logits)
    {
        var spans = windows.Zip(logits).ToLookup(pair => pair.First.Question);
        return [.. questions.Select((question, i) => Ranked(question.Context, [.. spans[i]]))];
    }

    /// <summary>The two columns of logits [tokens, 2].</summary>
    internal static (float[] Starts, float[] Ends) Columns(Tensor logits)
    {
        Tensor Column(int column) => logits.Slice(1, column, column + 1).Squeeze(1).To(DType.Float32);
        return (Column(0).ToArray<float>(), Column(1).ToArray<float>());
    }

    private IReadOnlyList<FoundAnswer> Ranked(string context, (QuestionWindow Window, (float[] Starts, float[] Ends) Logits)[] windows)
    {
        var spans = windows.SelectMany(window => Spans(window.Window, window.Logits)).ToList();
        if (AllowsNone || spans.Count == 0)
            spans.Add((0, 0, windows.Length == 0 ? 0 : windows.Min(window => (double)window.Logits.Starts[0] + window.Logits.Ends[0])));
        // The sort is stable, so that of equal scores the earlier window and the earlier span comes first.
        var best = spans.OrderByDescending(span => span.Score).DistinctBy(span => (span.Start, span.End)).Take(Best).ToArray();
        var total = best.Sum(span => Math.Exp(span.Score - best[0].Score));
        return [.. best.Select(span => new FoundAnswer(context[span.Start..span.End], span.Start, span.Score,
            Math.Exp(span.Score - best[0].Score) / total))];
    }

    private IEnumerable<(int Start, int End, double Score)> Spans(QuestionWindow window, (float[] Starts, float[] Ends) logits)
    {
        var text = window.Example.Text;
        foreach (var start in Likeliest(logits.Starts))
        foreach (var end in Likeliest(logits.Ends))
        {
            if (text.SequenceIds[start] != 1 || text.SequenceIds[end] != 1 || end < start || end - start >= MaxAnswerTokens) continue;
            yield return (text.Offsets[start].Start, text.Offsets[end].End, (double)logits.Starts[start] + logits.Ends[end]);
        }
    }

    private int[] Likeliest(float[] logits) => [.. Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).Take(Best)];
}
