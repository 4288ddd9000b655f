using System.Collections.Concurrent;

namespace Nabla.Text;

/// <summary>
/// Byte-pair encoding (Sennrich, Haddow, Birch 2016, §3.2): a piece begins as its characters, and of all neighbours that a merge joins those of the earliest merge are joined first, the leftmost
/// first, until none is left.
/// </summary>
internal sealed record BytePairModel : TokenModel
{
    /// <summary>Pieces up to this length are remembered, as many at most.</summary>
    private const int RememberedLength = 64, RememberedPieces = 1 << 15;

    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> ranks = [];
    private readonly ConcurrentDictionary<string, Token[]> remembered = new(StringComparer.Ordinal);
    private readonly int unknown;

    /// <param name="vocabulary">Characters, and what merges make of them.</param>
    /// <param name="merges">Which neighbours are joined, the earliest first.</param>
    /// <param name="options">How pieces are spelled.</param>
    /// <exception cref="FormatException">A merge is of symbols that the vocabulary does not have.</exception>
    public BytePairModel(SymbolTable vocabulary, IReadOnlyList<(string Left, string Right)> merges, BytePairOptions options) : base(vocabulary)
    {
        (Merges, Options) = (merges, options);
        if (options.Unknown is { } symbol && !vocabulary.TryGetId(symbol, out _)) throw new FormatException($"\"unk_token\" is \"{symbol}\", which the vocabulary does not have");
        unknown = options.Unknown is { } present && vocabulary.TryGetId(present, out var id) ? id : -1;
        for (var rank = 0; rank < merges.Count; rank++)
        {
            var (left, right) = merges[rank];
            // What follows within a word is joined without the prefix that says so.
            var joined = left + (options.ContinuingPrefix is { Length: > 0 } prefix && right.StartsWith(prefix, StringComparison.Ordinal) ? right[prefix.Length..] : right);
            ranks.TryAdd((Known(left, rank), Known(right, rank)), (rank, Known(joined, rank)));
        }
    }

    public IReadOnlyList<(string Left, string Right)> Merges { get; }

    public BytePairOptions Options { get; }

    public override IEnumerable<Token> Encode(string piece)
    {
        if (piece.Length > RememberedLength) return Merge(piece);
        if (remembered.TryGetValue(piece, out var known)) return known;
        var tokens = Merge(piece);
        if (remembered.Count < RememberedPieces) remembered.TryAdd(piece, tokens);
        return tokens;
    }

    private Token[] Merge(string piece)
    {
        if (Options.TakesWholes && Vocabulary.TryGetId(piece, out var whole)) return [new(whole, 0, piece.Length)];
        var tokens = Characters(piece);
        // A chain: next and before of each token; what has been joined into the one before it has Id −2.
        var (next, before) = (new int[tokens.Count], new int[tokens.Count]);
        var candidates = new PriorityQueue<(int At, int Left, int Right), (int Rank, int At)>();
        for (var i = 0; i < tokens.Count; i++) (next[i], before[i]) = (i + 1 < tokens.Count ? i + 1 : -1, i - 1);
        void Consider(int at)
        {
            if (at >= 0 && next[at] >= 0 && ranks.TryGetValue((tokens[at].Id, tokens[next[at]].Id), out var merge)) candidates.Enqueue((at, tokens[at].Id, tokens[next[at]].Id), (merge.Rank, at));
        }
        for (var i = 0; i < tokens.Count; i++) Consider(i);
        while (candidates.TryDequeue(out var pair, out _))
        {
            var right = next[pair.At];
            if (tokens[pair.At].Id != pair.Left || right < 0 || tokens[right].Id != pair.Right) continue;
            tokens[pair.At] = new(ranks[(pair.Left, pair.Right)].Id, tokens[pair.At].Start, tokens[right].End);
            tokens[right] = tokens[right] with { Id = Gone };
            next[pair.At] = next[right];
            if (next[right] >= 0) before[next[right]] = pair.At;
            Consider(before[pair.At]);
            Consider(pair.At);
        }
        return [.. tokens.Where(token => token.Id != Gone)];
    }

    private const int Gone = -2;

    /// <summary>The characters of a piece as tokens; unknown ones beside each other become one where that is wanted.</summary>
    private List<Token> Characters(string piece)
    {
        var tokens = new List<Token>(piece.Length);
        for (var at = 0; at < piece.Length;)
        {
            var end = at + (at + 1 < piece.Length && char.IsSurrogatePair(piece[at], piece[at + 1]) ? 2 : 1);
            var symbol = $"{(at > 0 ? Options.ContinuingPrefix : "")}{piece[at..end]}{(end == piece.Length ? Options.EndSuffix : "")}";
            if (Vocabulary.TryGetId(symbol, out var id)) tokens.Add(new(id, at, end));
            else if (Options.FallsBackToBytes && Bytes(symbol) is { } bytes) tokens.AddRange(bytes.Select(one => new Token(one, at, end)));
            else if (Options.FusesUnknown && tokens.Count > 0 && tokens[^1].Id == unknown && unknown >= 0) tokens[^1] = tokens[^1] with { End = end };
            else tokens.Add(new(unknown, at, end));
            at = end;
        }
        return tokens;
    }

    /// <summary>The tokens of the bytes of a symbol in UTF-8, if there is one for each.</summary>
    private int[]? Bytes(string symbol)
    {
        var ids = new List<int>();
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in new AlignedText(symbol, 0, symbol.Length).Runes())
        {
            foreach (var one in bytes[..WobblyUtf8.Encode(rune.Value, bytes)])
            {
                if (!Vocabulary.TryGetId($"<0x{one:X2}>", out var id)) return null;
                ids.Add(id);
            }
        }
        return [.. ids];
    }

    private int Known(string symbol, int rank) => Vocabulary.TryGetId(symbol, out var id) ? id
        : throw new FormatException($"merge {rank} (\"{Merges[rank].Left}\" and \"{Merges[rank].Right}\") is of \"{symbol}\", which the vocabulary does not have");
}

/// <summary>How byte-pair encoding spells pieces.</summary>
/// <param name="Unknown">The symbol for characters that the vocabulary does not have; null: an error.</param>
/// <param name="ContinuingPrefix">What stands before every character of a piece but the first.</param>
/// <param name="EndSuffix">What stands behind the last character of a piece.</param>
/// <param name="FusesUnknown">Whether unknown characters beside each other are one token.</param>
/// <param name="TakesWholes">Whether a piece that is a symbol is taken without a look at the merges.</param>
/// <param name="FallsBackToBytes">Whether a character that the vocabulary does not have becomes its bytes in UTF-8, the symbols &lt;0x00&gt; to &lt;0xFF&gt;, if it has those.</param>
internal sealed record BytePairOptions(
    string? Unknown = null, string? ContinuingPrefix = null, string? EndSuffix = null, bool FusesUnknown = false, bool TakesWholes = false, bool FallsBackToBytes = false);
