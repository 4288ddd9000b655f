using Nabla.Data;
using Nabla.Text;

namespace Nabla.Training;

/// <summary>A question with a window of its context.</summary>
/// <param name="Question">The index of the question.</param>
/// <param name="Example">The token ids and the answer's tokens.</param>
public sealed record QuestionWindow(int Question, EncodedExample Example);

/// <summary>
/// Questions and their contexts as token ids: a context that is too long becomes several windows that overlap (Devlin et al. 2018, §4.2 as
/// published in run_squad). Of a question at most 64 tokens are read.
/// </summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="maxLength">Tokens of question and window together, special tokens included.</param>
public sealed class QuestionEncoder(BertTokenizer tokenizer, int maxLength = 384)
{
    private const int MostQuestionTokens = 64, SpecialTokens = 3;

    /// <summary>How many tokens a window shares with the one before it; less where a window has fewer than twice as many.</summary>
    public int Stride { get; init; } = 128;

    /// <summary>The windows of some questions, in their order.</summary>
    /// <exception cref="ArgumentException">The length leaves no room for the context.</exception>
    public IReadOnlyList<QuestionWindow> Encode(IReadOnlyList<QuestionExample> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        return [.. questions.Index().AsParallel().AsOrdered().SelectMany(question => Windows(question.Item, question.Index))];
    }

    private IEnumerable<QuestionWindow> Windows(QuestionExample question, int index)
    {
        var (text, tokens) = Shortened(question.Question);
        var room = maxLength - tokens - SpecialTokens;
        if (room < 1) throw new ArgumentException($"QuestionEncoder: {maxLength} tokens leave no room for a context beside a question of " +
            $"{tokens} tokens. Allow more.");
        var first = tokenizer.Encode(text, question.Context, new()
        {
            Truncation = TruncationStrategy.OnlySecond, MaxLength = maxLength, Stride = Math.Min(Stride, room / 2),
        });
        return from window in first.Overflowing.Prepend(first)
               let answer = Answer(question, window)
               select new QuestionWindow(index, new(window) { Labels = [answer.Start, answer.End] });
    }

    /// <summary>The question without the tokens that are not read.</summary>
    private (string Text, int Tokens) Shortened(string question)
    {
        var encoded = tokenizer.Encode(question, null, new() { AddSpecialTokens = false });
        var most = Math.Min(MostQuestionTokens, Math.Max(1, (maxLength - SpecialTokens) / 2));
        return encoded.Count <= most ? (question, encoded.Count) : (question[..encoded.Offsets[most - 1].End], most);
    }

    /// <summary>The tokens that the first answer begins and ends with; (0, 0), which is [CLS], where the window does not hold all of
    /// it.</summary>
    private static (long Start, long End) Answer(QuestionExample question, EncodedText window)
    {
        if (question.Answers.FirstOrDefault(answer => answer.Start >= 0) is not { Text: { Length: > 0 } text } answer) return (0, 0);
        var (start, end) = (-1, -1);
        for (var i = 0; i < window.Count; i++)
        {
            if (window.SequenceIds[i] != 1) continue;
            var (from, to) = window.Offsets[i];
            if (start < 0 && from <= answer.Start && to > answer.Start) start = i;
            if (start >= 0 && from < answer.Start + text.Length && to >= answer.Start + text.Length) end = i;
        }
        return start < 0 || end < 0 ? (0, 0) : (start, end);
    }
}
