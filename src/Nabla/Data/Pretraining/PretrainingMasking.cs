namespace Nabla.Data;

/// <summary>
/// Masked language modelling (Devlin et al. 2018, §3.1, task 1): of the tokens other than [CLS] and [SEP] so many are chosen; of these
/// 80% become [MASK], 10% a random token and 10% stay as they are, and the model predicts what they were. What is chosen is a function of
/// <see cref="PretrainingExample.Seed"/>, so it is new in each epoch (dynamic masking, Liu et al. 2019, §4.1) and the same for any number
/// of threads. There is no limit to the predictions of a sequence. Random tokens are never [CLS], [SEP], [MASK] or [PAD].
/// </summary>
public sealed class PretrainingMasking
{
    private const double MaskProbability = 0.8, RandomProbability = 0.1;

    private readonly PretrainingTokenizer tokenizer;

    /// <summary>Masking.</summary>
    /// <param name="tokenizer">Whose special tokens are used.</param>
    /// <param name="fraction">
    /// Of the tokens other than [CLS] and [SEP], 0 &lt; fraction ≤ 1. Where that is no whole number, it is rounded up or down at random
    /// so that the mean is right; at least one is chosen.
    /// </param>
    /// <param name="wholeWords">
    /// Whether the tokens of a word are chosen together (whole-word masking of google-research/bert, 2019). As there, a word with more
    /// tokens than are left to choose is passed over.
    /// </param>
    public PretrainingMasking(PretrainingTokenizer tokenizer, double fraction = 0.15, bool wholeWords = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (fraction is not (> 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "PretrainingMasking: 0 < fraction ≤ 1; BERT's is 0.15.");
        (this.tokenizer, Fraction, WholeWords) = (tokenizer, fraction, wholeWords);
    }

    /// <summary>Of the tokens other than [CLS] and [SEP].</summary>
    public double Fraction { get; }

    /// <summary>Whether the tokens of a word are chosen together.</summary>
    public bool WholeWords { get; }

    /// <summary>A batch of sequences, masked: <c>examples.Batch(32, masking.Collate)</c>.</summary>
    /// <param name="examples">One or more; all of pairs or none.</param>
    /// <exception cref="ArgumentException">There is none, or only some are pairs.</exception>
    public PretrainingBatch Collate(IReadOnlyList<PretrainingExample> examples)
    {
        ArgumentNullException.ThrowIfNull(examples);
        var pairs = examples.Count(example => example.IsNext is not null);
        if (examples.Count == 0 || (pairs != 0 && pairs != examples.Count))
        {
            throw new ArgumentException($"PretrainingMasking: {pairs} pairs among {examples.Count} sequences; "
                + "a batch holds at least one sequence, and only pairs or none.");
        }
        var ids = new long[examples.Sum(example => example.Length)];
        var types = new long[ids.Length];
        var (positions, labels, offset) = (new List<long>(), new List<long>(), 0);
        foreach (var example in examples)
        {
            for (var i = 0; i < example.Length; i++) ids[offset + i] = example.Tokens[i].Id;
            types.AsSpan(offset + example.FirstLength, example.Length - example.FirstLength).Fill(1);
            Mask(example, ids.AsSpan(offset, example.Length), offset, positions, labels);
            offset += example.Length;
        }
        return new(
            new(Tensor.From(ids), [.. examples.Select(example => example.Length)]),
            Tensor.From(types), Tensor.From(positions.ToArray()), Tensor.From(labels.ToArray()),
            pairs == 0 ? null : Tensor.From(examples.Select(example => example.IsNext == true ? 0L : 1L).ToArray()));
    }

    private void Mask(PretrainingExample example, Span<long> ids, int offset, List<long> positions, List<long> labels)
    {
        var random = new Generator(example.Seed);
        foreach (var i in Choose(example.Tokens, random))
        {
            positions.Add(offset + i);
            labels.Add(ids[i]);
            var draw = random.NextDouble();
            if (draw < MaskProbability) ids[i] = tokenizer.Mask;
            else if (draw < MaskProbability + RandomProbability) ids[i] = tokenizer.RandomId(random);
        }
    }

    /// <summary>The places of the chosen tokens, in order.</summary>
    private List<int> Choose(IReadOnlyList<PretrainingToken> tokens, Generator random)
    {
        var (words, maskable) = Words(tokens);
        var chosen = new List<int>();
        var wanted = Math.Max(1, (int)((Fraction * maskable) + random.NextDouble()));
        // A shuffle that stops when enough have been chosen.
        for (var i = 0; i < words.Count && chosen.Count < wanted; i++)
        {
            var j = i + random.NextInt(words.Count - i);
            (words[i], words[j]) = (words[j], words[i]);
            if (chosen.Count + words[i].Length <= wanted) chosen.AddRange(Enumerable.Range(words[i].Start, words[i].Length));
        }
        // Where every word is longer than what is wanted, one of them all the same: each sequence has something to predict.
        if (chosen.Count == 0 && words.Count > 0) chosen.AddRange(Enumerable.Range(words[0].Start, words[0].Length));
        chosen.Sort();
        return chosen;
    }

    /// <summary>What is chosen together, a word or a token, and how many tokens may be chosen at all.</summary>
    private (List<(int Start, int Length)> Words, int Tokens) Words(IReadOnlyList<PretrainingToken> tokens)
    {
        var (words, count) = (new List<(int Start, int Length)>(), 0);
        for (var i = 0; i < tokens.Count; i++)
        {
            if (tokenizer.IsSeparator(tokens[i].Id)) continue;
            count++;
            if (WholeWords && tokens[i].ContinuesWord && words.Count > 0 && words[^1] is var (start, length) && start + length == i)
                words[^1] = (start, length + 1);
            else words.Add((i, 1));
        }
        return (words, count);
    }
}
