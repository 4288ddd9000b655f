using System.Text;

namespace Nabla.Text;

/// <summary>
/// Word pieces (Wu et al. 2016, §4.1): of a word, the longest beginning that is a symbol, then the longest that goes on from there and so forth; symbols that go on have a prefix in the vocabulary. A
/// word that cannot be written so, or is too long, is unknown as a whole.
/// </summary>
internal sealed record WordPieceModel : TokenModel
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> beginnings, continuations;
    private readonly int longest;

    /// <param name="vocabulary">The symbols.</param>
    /// <param name="options">How they are spelled.</param>
    public WordPieceModel(SymbolTable vocabulary, WordPieceOptions options) : base(vocabulary)
    {
        Options = options;
        UnknownId = vocabulary.TryGetId(options.Unknown, out var unknown) ? unknown : -1;
        var (first, following) = (new Dictionary<string, int>(StringComparer.Ordinal), new Dictionary<string, int>(StringComparer.Ordinal));
        foreach (var (symbol, id) in vocabulary.Entries)
        {
            first.Add(symbol, id);
            if (symbol.StartsWith(options.ContinuingPrefix, StringComparison.Ordinal)) following.Add(symbol[options.ContinuingPrefix.Length..], id);
            longest = Math.Max(longest, symbol.Length);
        }
        (beginnings, continuations) = (first.GetAlternateLookup<ReadOnlySpan<char>>(), following.GetAlternateLookup<ReadOnlySpan<char>>());
    }

    public WordPieceOptions Options { get; }

    /// <summary>The id of unknown words; −1: there is none.</summary>
    public int UnknownId { get; }

    public override IEnumerable<Token> Encode(string piece)
    {
        var tokens = new List<Token>();
        return IsTooLong(piece) || !Split(piece, tokens) ? [new(UnknownId, 0, piece.Length)] : tokens;
    }

    private bool IsTooLong(string piece)
    {
        if (piece.Length <= Options.MaximumCharacters) return false;
        var count = 0;
        foreach (var _ in piece.EnumerateRunes()) count++;
        return count > Options.MaximumCharacters;
    }

    private bool Split(string piece, List<Token> tokens)
    {
        for (var start = 0; start < piece.Length; start = tokens[^1].End)
        {
            var symbols = start == 0 ? beginnings : continuations;
            var end = Math.Min(piece.Length, start + longest);
            int id;
            while (!symbols.TryGetValue(piece.AsSpan(start, end - start), out id))
                if (--end <= start) return false;
            if (end == start) return false;
            tokens.Add(new(id, start, end));
        }
        return true;
    }
}

/// <summary>How word pieces are spelled.</summary>
/// <param name="Unknown">The symbol for words that cannot be written.</param>
/// <param name="ContinuingPrefix">What symbols begin with that go on within a word.</param>
/// <param name="MaximumCharacters">A word of more characters (Unicode scalar values) is unknown.</param>
internal sealed record WordPieceOptions(string Unknown = "[UNK]", string ContinuingPrefix = "##", int MaximumCharacters = 100);
