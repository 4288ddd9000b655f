using System.Runtime.InteropServices;

namespace Nabla.Text;

/// <summary>
/// Learns a byte-pair encoding from texts (Sennrich, Haddow, Birch 2016, §3.2, algorithm 1): the pair of neighbours that occurs most often becomes a symbol, again and again. Of pairs that occur as
/// often, the one with the smaller numbers comes first, as in Hugging Face's trainer, so that the same texts give the same tokenizer.
/// </summary>
/// <param name="size">How many tokens there are to be, special ones included. Training ends earlier where no pair occurs often enough.</param>
/// <param name="minimumCount">How often a pair must occur, 1 or more.</param>
/// <param name="special">Tokens that are found in a text as they stand, such as <c>&lt;|endoftext|&gt;</c>; they get the first numbers.</param>
public sealed class BytePairTrainer(int size, int minimumCount = 2, params string[] special)
{
    private const string EndOfWord = "</w>";

    /// <summary>
    /// Over bytes, as GPT-2 (Radford et al. 2019, §2.2): there are no unknown characters, and decoding gives the very text. Words are cut off by GPT-2's pattern, with the space before them.
    /// </summary>
    /// <param name="texts">Read once.</param>
    /// <exception cref="ArgumentException">The size has no room for the special tokens and the 256 bytes.</exception>
    public ComposedTokenizer TrainOnBytes(IEnumerable<string> texts)
    {
        var cutter = new ByteLevel(AddsSpace: false, Cuts: true);
        var model = Train(texts, cutter, [.. ByteAlphabet.All], new());
        return new(model, new(Added(), null, cutter, new ByteLevelDecoder()));
    }

    /// <summary>
    /// Over characters, as in the paper: words are what lies between white space, and the last character of a word is marked by <c>&lt;/w&gt;</c>. Decoding puts one space between words. A character
    /// that the texts do not have is an error unless <paramref name="unknown"/> is among the special tokens.
    /// </summary>
    /// <param name="texts">Read once.</param>
    /// <param name="unknown">The special token for unknown characters; null: there is none.</param>
    /// <exception cref="ArgumentException">The unknown token is not among the special ones, or the size has no room for them and the characters.</exception>
    public ComposedTokenizer TrainOnCharacters(IEnumerable<string> texts, string? unknown = null)
    {
        if (unknown is not null && !special.Contains(unknown)) throw new ArgumentException($"BytePairTrainer: \"{unknown}\" is to stand for unknown characters; put it among the special tokens.", nameof(unknown));
        var cutter = new WhitespaceSplit();
        var model = Train(texts, cutter, [], new(unknown, EndSuffix: EndOfWord));
        return new(model, new(Added(), null, cutter, new SuffixDecoder(EndOfWord)));
    }

    private AddedToken[] Added() => [.. special.Select((content, id) => new AddedToken(id, content))];

    private BytePairModel Train(IEnumerable<string> texts, PreTokenizer cutter, IReadOnlyCollection<string> alphabet, BytePairOptions options)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumCount, 1);
        if (Array.Exists(special, string.IsNullOrEmpty)) throw new ArgumentException("BytePairTrainer: a special token is empty; it has at least one character.");
        if (special.GroupBy(token => token, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"BytePairTrainer: the special token \"{twice.Key}\" comes twice. Give each once.");
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var text in texts)
            foreach (var piece in cutter.Cut(new(text, 0, text.Length))) CollectionsMarshal.GetValueRefOrAddDefault(counts, piece.Text, out _)++;
        var words = counts.OrderBy(word => word.Key, StringComparer.Ordinal).Select(word => (Symbols: Characters(word.Key, options.EndSuffix), Count: word.Value)).ToArray();
        // Sorted by their characters: what is the last of a word behind what is not.
        var symbols = alphabet.Union(words.SelectMany(word => word.Symbols)).Except(special).Order(StringComparer.Ordinal);
        var names = special.Concat(symbols).ToList();
        if (names.Count > size) throw new ArgumentException($"BytePairTrainer: a size of {size} has no room for the {special.Length} special tokens and {names.Count - special.Length} characters. {names.Count} is the least.");
        var ids = names.Index().ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        var merging = new PairMerging([.. words.Select(word => word.Symbols.Select(symbol => ids[symbol]).ToArray())], [.. words.Select(word => word.Count)]);
        var merges = new List<(string, string)>();
        while (names.Count < size && merging.Best(minimumCount) is { } pair)
        {
            var (left, right) = (names[pair.Left], names[pair.Right]);
            var joined = left + right;
            if (!ids.TryGetValue(joined, out var id))
            {
                ids.Add(joined, id = names.Count);
                names.Add(joined);
            }
            merges.Add((left, right));
            merging.Join(pair, id);
        }
        return new(new(ids), merges, options);
    }

    private static List<string> Characters(string word, string? suffix)
    {
        var characters = new AlignedText(word, 0, word.Length).Runes().Select(rune => rune.Value > char.MaxValue ? char.ConvertFromUtf32(rune.Value) : ((char)rune.Value).ToString()).ToList();
        characters[^1] += suffix;
        return characters;
    }
}
