using System.Text;

namespace Nabla.Text;

/// <summary>
/// Word pieces (Wu et al. 2016, §4.1): of a word, the longest beginning that is a symbol, then the longest that goes on from there and so
/// forth; symbols that go on have a prefix in the vocabulary. A word that cannot be written so, or is too long, is unknown as a whole.
/// </summary>
internal sealed record WordPieceModel : TokenModel
{
    private readonly WordPieceTrie trie = new();

    /// <param name="vocabulary">The symbols.</param>
    /// <param name="options">How they are spelled.</param>
    public WordPieceModel(SymbolTable vocabulary, WordPieceOptions options) : base(vocabulary)
    {
        Options = options;
        UnknownId = vocabulary.TryGetId(options.Unknown, out var unknown) ? unknown : -1;
        var prefix = options.ContinuingPrefix;
        foreach (var (symbol, id) in vocabulary.Entries)
        {
            if (symbol.Length > 0) trie.Add(WordPieceTrie.Beginning, symbol, id);
            if (symbol.Length > prefix.Length && symbol.StartsWith(prefix, StringComparison.Ordinal))
                trie.Add(WordPieceTrie.Continuing, symbol.AsSpan(prefix.Length), id);
        }
    }

    public WordPieceOptions Options { get; }

    /// <summary>A word of more characters is unknown.</summary>
    public int MaximumCharacters => Options.MaximumCharacters;

    /// <summary>The id of unknown words; −1: there is none.</summary>
    public int UnknownId { get; }

    public override IEnumerable<Token> Encode(string piece)
    {
        var tokens = new List<Token>();
        if (IsTooLong(piece)) return [new(UnknownId, 0, piece.Length)];
        for (var at = 0; at < piece.Length; at = tokens[^1].End)
        {
            var length = Longest(piece, at, out var id);
            if (length == 0) return [new(UnknownId, 0, piece.Length)];
            tokens.Add(new(id, at, at + length));
        }
        return tokens;
    }

    /// <summary>The longest symbol that a word has at a place: its length and id; a length of 0: there is none.</summary>
    public int Longest(ReadOnlySpan<char> word, int at, out int id) =>
        trie.Longest(at == 0 ? WordPieceTrie.Beginning : WordPieceTrie.Continuing, word[at..], out id);

    private bool IsTooLong(string piece)
    {
        if (piece.Length <= MaximumCharacters) return false;
        var count = 0;
        foreach (var _ in piece.EnumerateRunes()) count++;
        return count > MaximumCharacters;
    }
}

/// <summary>How word pieces are spelled.</summary>
/// <param name="Unknown">The symbol for words that cannot be written.</param>
/// <param name="ContinuingPrefix">What symbols begin with that go on within a word.</param>
/// <param name="MaximumCharacters">A word of more characters (Unicode scalar values) is unknown.</param>
internal sealed record WordPieceOptions(string Unknown = "[UNK]", string ContinuingPrefix = "##", int MaximumCharacters = 100);
