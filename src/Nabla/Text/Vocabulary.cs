using System.Diagnostics.CodeAnalysis;

namespace Nabla.Text;

/// <summary>
/// Symbols and their numbers, 0 … Count − 1. A symbol is any text: a character, a word, a part of one. It does not change and may be used by several threads.
/// </summary>
public sealed class Vocabulary
{
    private readonly string[] symbols;
    private readonly Dictionary<string, int> ids;

    /// <summary>These symbols, numbered in their order.</summary>
    /// <param name="symbols">Each once.</param>
    /// <param name="special">Which of them are special; null: none.</param>
    /// <exception cref="ArgumentException">A symbol comes twice, or a special one is not among them.</exception>
    public Vocabulary(IEnumerable<string> symbols, SpecialSymbols? special = null)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        this.symbols = [.. symbols];
        Special = special ?? SpecialSymbols.None;
        ids = new(this.symbols.Length, StringComparer.Ordinal);
        for (var id = 0; id < this.symbols.Length; id++)
        {
            var symbol = this.symbols[id] ?? throw new ArgumentException($"Vocabulary: symbol {id} is null.", nameof(symbols));
            if (!ids.TryAdd(symbol, id)) throw new ArgumentException($"Vocabulary: \"{symbol}\" comes twice, as symbol {ids[symbol]} and {id}. Give each symbol once.", nameof(symbols));
        }
        (PaddingId, UnknownId, StartId, EndId) = (Find(Special.Padding), Find(Special.Unknown), Find(Special.Start), Find(Special.End));
    }

    /// <summary>Counts symbols and keeps the frequent ones: first the special symbols, then the others, the more frequent first, equally frequent ones in the order of their UTF-16 code.</summary>
    /// <param name="symbols">As often as they occur.</param>
    /// <param name="minimumCount">How often a symbol must occur, 1 or more.</param>
    /// <param name="maximumSize">How many symbols there may be, the special ones included; null: any number.</param>
    /// <param name="special">Null: none.</param>
    /// <exception cref="ArgumentException">The maximum has no room for the special symbols.</exception>
    public static Vocabulary CountedFrom(IEnumerable<string> symbols, int minimumCount = 1, int? maximumSize = null, SpecialSymbols? special = null)
    {
        ArgumentNullException.ThrowIfNull(symbols);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumCount, 1);
        string[] first = [.. (special ?? SpecialSymbols.None).Present];
        if (maximumSize < first.Length) throw new ArgumentException($"Vocabulary: a maximum of {maximumSize} symbols has no room for the {first.Length} special ones.", nameof(maximumSize));
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var symbol in symbols) System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, symbol, out _)++;
        foreach (var symbol in first) counts.Remove(symbol);
        var kept = counts.Where(count => count.Value >= minimumCount).OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal).Select(count => count.Key);
        return new(first.Concat(maximumSize is { } most ? kept.Take(most - first.Length) : kept), special);
    }

    /// <summary>How many symbols there are.</summary>
    public int Count => symbols.Length;

    /// <summary>All symbols in the order of their numbers.</summary>
    public IReadOnlyList<string> Symbols => symbols;

    /// <summary>Which symbols are special.</summary>
    public SpecialSymbols Special { get; }

    /// <summary>The number of the padding symbol; null where there is none.</summary>
    public int? PaddingId { get; }

    /// <summary>The number that unknown symbols get; null where they are an error.</summary>
    public int? UnknownId { get; }

    /// <summary>The number of the symbol before a text; null where there is none.</summary>
    public int? StartId { get; }

    /// <summary>The number of the symbol behind a text; null where there is none.</summary>
    public int? EndId { get; }

    /// <summary>The symbol of a number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public string this[int id] => (uint)id < (uint)symbols.Length ? symbols[id]
        : throw new ArgumentOutOfRangeException(nameof(id), $"Vocabulary: there is no symbol {id}; the {Count} symbols are 0 … {Count - 1}.");

    /// <summary>The number of a symbol, or that of the unknown symbol where the vocabulary does not have it.</summary>
    /// <exception cref="KeyNotFoundException">The vocabulary has neither the symbol nor one for unknown symbols.</exception>
    public int this[string symbol] => TryGetId(symbol, out var id) ? id : UnknownId
        ?? throw new KeyNotFoundException($"Vocabulary: \"{symbol}\" is none of the {Count} symbols, and there is no symbol for unknown ones. Make the vocabulary from texts that have it, or with SpecialSymbols(Unknown: \"<unk>\").");

    /// <summary>The number of a symbol, if the vocabulary has it.</summary>
    public bool TryGetId([NotNullWhen(true)] string? symbol, out int id)
    {
        id = -1;
        return symbol is not null && ids.TryGetValue(symbol, out id);
    }

    /// <summary>Whether a number is that of a special symbol.</summary>
    public bool IsSpecial(int id) => id == PaddingId || id == UnknownId || id == StartId || id == EndId;

    private int? Find(string? symbol) => symbol is null ? null : ids.TryGetValue(symbol, out var id) ? id
        : throw new ArgumentException($"Vocabulary: the special symbol \"{symbol}\" is none of the {symbols.Length} symbols. Put it among them.");
}
