using System.Text;

namespace Nabla.Text;

/// <summary>Turns pieces of text into numbers.</summary>
/// <param name="Vocabulary">The symbols and their numbers.</param>
internal abstract record TokenModel(SymbolTable Vocabulary)
{
    /// <summary>The tokens of a piece, as number, beginning and end in it. A number below 0: there is none, not even for what is unknown.</summary>
    public abstract IEnumerable<Token> Encode(string piece);
}

/// <summary>Symbols by their numbers, which may have gaps, and numbers by their symbols.</summary>
internal sealed class SymbolTable
{
    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<int, string> symbols;

    public SymbolTable(IEnumerable<KeyValuePair<string, int>> entries)
    {
        ids = new(StringComparer.Ordinal);
        symbols = [];
        foreach (var (symbol, id) in entries)
        {
            if (id < 0) throw new FormatException($"the vocabulary gives \"{symbol}\" the number {id}; 0 or more is needed");
            if (!ids.TryAdd(symbol, id)) throw new FormatException($"the vocabulary has \"{symbol}\" twice");
            if (!symbols.TryAdd(id, symbol)) throw new FormatException($"the vocabulary gives \"{symbol}\" and \"{symbols[id]}\" the same number, {id}");
        }
    }

    /// <summary>The lines of a vocab.txt, numbered from 0. Of a symbol that comes twice the last number counts.</summary>
    public static SymbolTable OfLines(IReadOnlyList<string> lines)
    {
        var last = new Dictionary<string, int>(lines.Count, StringComparer.Ordinal);
        for (var id = 0; id < lines.Count; id++) last[lines[id] ?? throw new ArgumentException($"BertTokenizer: token {id} of the vocabulary is null.", nameof(lines))] = id;
        return new(last);
    }

    public int Count => ids.Count;

    /// <summary>All of them in the order of their numbers.</summary>
    public IEnumerable<KeyValuePair<string, int>> Entries => ids.OrderBy(entry => entry.Value);

    public bool TryGetId(string symbol, out int id) => ids.TryGetValue(symbol, out id);

    public string? SymbolOf(int id) => symbols.GetValueOrDefault(id);

    public int Largest => symbols.Count == 0 ? -1 : symbols.Keys.Max();
}

/// <summary>Each piece is a token, or unknown.</summary>
internal sealed record WordLevelModel(SymbolTable Vocabulary, string Unknown) : TokenModel(Vocabulary)
{
    public override IEnumerable<Token> Encode(string piece) =>
        [new(Vocabulary.TryGetId(piece, out var id) || Vocabulary.TryGetId(Unknown, out id) ? id : -1, 0, piece.Length)];
}
