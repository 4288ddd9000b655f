namespace Nabla.Text;

/// <summary>What a <see cref="BertTokenizer"/> is made of.</summary>
internal sealed record BertRecipe(WordPieceModel Model, TokenizerParts Parts, BertTokenizerOptions Options)
{
    /// <exception cref="ArgumentException">The vocabulary is empty, has a null, or lacks the tokens that begin and end a text.</exception>
    public static BertRecipe Of(IReadOnlyList<string> vocabulary, BertTokenizerOptions options)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        if (vocabulary.Count == 0) throw new ArgumentException("BertTokenizer: the vocabulary is empty.", nameof(vocabulary));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxCharactersPerWord, 1);
        var symbols = SymbolTable.OfLines(vocabulary);
        var added = Added(symbols, options);
        var frame = TokenFrame.Bert(Framing(options.ClsToken, nameof(options.ClsToken)),
            Framing(options.SepToken, nameof(options.SepToken)));
        var normalizer = new BertNormalizer(options.CleanText, options.HandleChineseCharacters, options.StripAccents, options.Lowercase);
        var model = new WordPieceModel(symbols, new(options.UnkToken, options.ContinuingPrefix, options.MaxCharactersPerWord));
        var parts = new TokenizerParts(added, normalizer, new BertPreTokenizer(),
            new WordPieceDecoder(options.ContinuingPrefix, CleansUp: true), Frame: frame) { Defaults = options.Defaults };
        return new(model, parts, options);

        (int, string) Framing(string token, string option) => Array.Find(added, one => one.Content == token) is { } found
            ? (found.Id, token)
            : throw new ArgumentException($"BertTokenizer: the vocabulary has no \"{token}\" ({option}). " +
                "Add it, or name in BertTokenizerOptions the token that the vocabulary has for it.", nameof(vocabulary));
    }

    /// <summary>The special tokens that the vocabulary has, and those that the options add, which count where both name an id.</summary>
    private static AddedToken[] Added(SymbolTable symbols, BertTokenizerOptions options)
    {
        var byId = new SortedDictionary<int, AddedToken>();
        foreach (var (_, token) in options.SpecialTokens)
            if (symbols.TryGetId(token, out var id)) byId[id] = new(id, token);
        foreach (var token in options.AddedTokens)
        {
            if (token.Id < 0)
                throw new ArgumentException($"BertTokenizer: the id of an added token, \"{token.Content}\", is {token.Id}; give 0 or more.");
            if (symbols.SymbolOf(token.Id) is { } other && other != token.Content)
                throw new ArgumentException($"BertTokenizer: the added token \"{token.Content}\" has the id {token.Id}, " +
                    $"which is that of \"{other}\" in the vocabulary.", nameof(options));
            byId[token.Id] = token;
        }
        return [.. byId.Values];
    }
}
