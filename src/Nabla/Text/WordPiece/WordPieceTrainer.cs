using System.Text;

namespace Nabla.Text;

/// <summary>
/// Learns a vocabulary of word pieces from texts, as Hugging Face's WordPieceTrainer does: by merges of byte-pair encoding (Sennrich, Haddow, Birch 2016, §3.2, algorithm 1), with the prefix ## before what
/// goes on within a word. The pair of neighbours that occurs most often becomes a token, again and again; of pairs that occur as often, the one with the smaller ids. The special tokens get the first
/// ids, then come the characters in their order, then those that go on within words, in their order (which is left to chance in Hugging Face's library), then the merges. The same texts give the same
/// vocabulary.
/// </summary>
/// <param name="size">How many tokens there are to be, special ones included. Training ends earlier where no pair occurs often enough.</param>
/// <param name="minimumCount">How often a pair must occur, 0 or more.</param>
/// <param name="options">How texts are read, before and after training; null: as BERT's lower-case models do.</param>
public sealed class WordPieceTrainer(int size = 30_000, int minimumCount = 2, BertTokenizerOptions? options = null)
{
    private readonly BertTokenizerOptions options = options ?? new();

    /// <summary>The tokens that get the first ids; null: those of the options, as [PAD], [UNK], [CLS], [SEP], [MASK].</summary>
    public IReadOnlyList<string>? SpecialTokens { get; init; }

    /// <summary>How many characters are kept at most, the most frequent; null: all. Others are left out of their words.</summary>
    public int? LimitAlphabet { get; init; } = 1000;

    /// <summary>Characters that are kept before any other, whether the texts have them or not.</summary>
    public string InitialAlphabet { get; init; } = "";

    /// <summary>A tokenizer with the vocabulary of texts.</summary>
    /// <param name="texts">Read once.</param>
    /// <exception cref="ArgumentException">The size has no room for the special tokens and the characters, or a special token is empty, comes twice or is missing.</exception>
    public BertTokenizer Train(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfNegative(minimumCount);
        if (LimitAlphabet is { } limit) ArgumentOutOfRangeException.ThrowIfNegative(limit, nameof(LimitAlphabet));
        var special = SpecialTokens ?? [options.PadToken, options.UnkToken, options.ClsToken, options.SepToken, options.MaskToken];
        var counts = new WordCounts(new(options.CleanText, options.HandleChineseCharacters, options.StripAccents, options.Lowercase));
        foreach (var text in texts) counts.Add(text ?? throw new ArgumentException("WordPieceTrainer: a text is null.", nameof(texts)));
        var names = Merge(special, counts.Words());
        var known = options.SpecialTokens.Select(token => token.Token).ToHashSet(StringComparer.Ordinal);
        return new(names, options with { AddedTokens = [.. options.AddedTokens, .. special.Select((token, id) => new AddedToken(id, token)).Where(token => !known.Contains(token.Content))] });
    }

    private List<string> Merge(IReadOnlyList<string> special, KeyValuePair<string, long>[] words)
    {
        if (special.Any(string.IsNullOrEmpty)) throw new ArgumentException("WordPieceTrainer: a special token is empty; it has at least one character.");
        if (special.GroupBy(token => token, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"WordPieceTrainer: the special token \"{twice.Key}\" comes twice. Give each once.");
        var names = special.ToList();
        var ids = names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        foreach (var rune in Alphabet(words)) Number(rune.ToString());
        var spelled = Array.ConvertAll(words, word => Spell(word.Key, ids));
        foreach (var symbol in spelled.SelectMany(symbols => symbols).Where(symbol => !ids.ContainsKey(symbol)).Distinct().OrderBy(symbol => char.ConvertToUtf32(symbol, options.ContinuingPrefix.Length))) Number(symbol);
        if (names.Count > size)
            throw new ArgumentException($"WordPieceTrainer: a size of {size} has no room for the {special.Count} special tokens and {names.Count - special.Count} characters. {names.Count} is the least.");
        var merging = new PairMerging([.. spelled.Select(symbols => symbols.ConvertAll(symbol => ids[symbol]).ToArray())], Array.ConvertAll(words, word => word.Value));
        while (names.Count < size && merging.Best(minimumCount) is { } pair)
            merging.Join(pair, Number(names[pair.Left] + (names[pair.Right].StartsWith(options.ContinuingPrefix, StringComparison.Ordinal) ? names[pair.Right][options.ContinuingPrefix.Length..] : names[pair.Right])));
        return names;

        int Number(string symbol)
        {
            if (ids.TryGetValue(symbol, out var id)) return id;
            ids.Add(symbol, id = names.Count);
            names.Add(symbol);
            return id;
        }
    }

    /// <summary>The characters that are kept, in their order: the more frequent, of equally frequent ones those with the smaller numbers.</summary>
    private IEnumerable<Rune> Alphabet(KeyValuePair<string, long>[] words)
    {
        var counts = new Dictionary<Rune, long>();
        foreach (var (word, count) in words)
            foreach (var rune in word.EnumerateRunes()) counts[rune] = counts.GetValueOrDefault(rune) + count;
        foreach (var rune in InitialAlphabet.EnumerateRunes()) counts[rune] = long.MaxValue;
        return counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key).Take(LimitAlphabet ?? int.MaxValue).Select(entry => entry.Key).Order();
    }

    /// <summary>The characters of a word that are kept, with the prefix where they are not its first.</summary>
    private List<string> Spell(string word, Dictionary<string, int> kept)
    {
        var symbols = new List<string>(word.Length);
        var isFirst = true;
        foreach (var rune in word.EnumerateRunes())
        {
            var symbol = rune.ToString();
            if (kept.ContainsKey(symbol)) symbols.Add(isFirst ? symbol : options.ContinuingPrefix + symbol);
            isFirst = false;
        }
        return symbols;
    }
}
