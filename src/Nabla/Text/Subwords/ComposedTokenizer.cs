using System.Buffers;

namespace Nabla.Text;

/// <summary>
/// A tokenizer put together as those of Hugging Face's tokenizers library are: added tokens are found in the text; what is between them is normalised, cut into pieces, and each piece becomes
/// tokens by byte-pair encoding, by word pieces or by a list of words; a decoder puts tokens together again. <see cref="BytePairTrainer"/> makes one from texts, <see cref="TokenizerFile.Load"/> from a
/// <c>tokenizer.json</c>.
/// </summary>
public partial class ComposedTokenizer : ITokenizer
{
    private readonly Dictionary<int, AddedToken> addedById;
    private readonly AddedTokenFinder raw, normalised;
    private readonly BertEncoder? encoder;

    [ThreadStatic] private static TokenBuffer? idsOfThread;

    internal ComposedTokenizer(TokenModel model, TokenizerParts parts)
    {
        (Model, Parts) = (model, parts);
        AddedTokens = parts.Added;
        addedById = [];
        foreach (var token in parts.Added)
            if (!addedById.TryAdd(token.Id, token)) throw new FormatException($"the added tokens \"{addedById[token.Id].Content}\" and \"{token.Content}\" have the same number, {token.Id}");
        foreach (var symbol in parts.Frame?.Symbols ?? [])
            foreach (var (id, _) in symbol.Tokens)
                if (!addedById.ContainsKey(id) && model.Vocabulary.SymbolOf(id) is null) throw new FormatException($"the special token \"{symbol.Name}\" of the template is {id}, a number that no token has");
        raw = new(parts.Added.Where(token => !token.Normalized).Select(token => (token, token.Content)));
        normalised = new(parts.Added.Where(token => token.Normalized).Select(token => (token, Normalise(new(token.Content, 0, token.Content.Length)).Text)));
        if (parts.Added.All(token => !token.Normalized)) encoder = BertEncoder.For(model, parts);
        Count = Math.Max(model.Vocabulary.Largest, parts.Added.Select(token => token.Id).DefaultIfEmpty(-1).Max()) + 1;
    }

    internal TokenModel Model { get; }

    internal TokenizerParts Parts { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>Tokens that are found in the text as it stands.</summary>
    public IReadOnlyList<AddedToken> AddedTokens { get; }

    /// <summary>The symbol of a number, in the spelling of the vocabulary.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public string this[int id] => addedById.TryGetValue(id, out var token) ? token.Content : Model.Vocabulary.SymbolOf(id)
        ?? throw new ArgumentOutOfRangeException(nameof(id), $"Tokenizer: there is no token {id}; numbers are below {Count}.");

    /// <summary>The number of a symbol, in the spelling of the vocabulary, if there is one.</summary>
    public bool TryGetId(string symbol, out int id)
    {
        ArgumentNullException.ThrowIfNull(symbol);
        if (AddedTokens.FirstOrDefault(token => token.Content == symbol) is not { } added) return Model.Vocabulary.TryGetId(symbol, out id);
        id = added.Id;
        return true;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Token> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new TokenBuffer(recordsOffsets: true);
        Encode(text, tokens);
        return tokens.ToTokens();
    }

    /// <summary>The ids of a text's tokens alone, without special tokens around them: the fastest way to them.</summary>
    /// <exception cref="KeyNotFoundException">The text holds what the tokenizer has no number for, not even one for what is unknown.</exception>
    public int[] Ids(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return EncodeIds(text).ToArray();
    }

    /// <summary>Appends the ids of a text's tokens to a buffer, without special tokens around them. Apart from what the buffer needs to grow, nothing is allocated.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ids">Where to, such as an <see cref="ArrayBufferWriter{T}"/>.</param>
    /// <returns>How many ids were appended.</returns>
    /// <exception cref="KeyNotFoundException">The text holds what the tokenizer has no number for, not even one for what is unknown.</exception>
    public int EncodeIds(string text, IBufferWriter<int> ids)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(ids);
        var found = EncodeIds(text);
        ids.Write(found);
        return found.Length;
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> ids) => Decode(ids, skipSpecialTokens: true);

    /// <summary>The text of tokens.</summary>
    /// <param name="ids">Their ids.</param>
    /// <param name="skipSpecialTokens">Whether special tokens are left out, that of the unknown included.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such number.</exception>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Parts.Decoder.Join(ids.Where(id => !(skipSpecialTokens && addedById.TryGetValue(id, out var token) && token.Special)).Select(id => this[id]));
    }

    /// <summary>The ids of a text, until this thread encodes another.</summary>
    private ReadOnlySpan<int> EncodeIds(string text)
    {
        var tokens = idsOfThread ??= new(recordsOffsets: false);
        tokens.Clear();
        Encode(text, tokens);
        return tokens.Ids;
    }

    /// <summary>Adds the tokens of a text, without special tokens around it.</summary>
    private void Encode(string text, TokenBuffer tokens)
    {
        var (word, start, at) = (0, 0, 0);
        while (raw.Next(text, start, at) is { } found)
        {
            EncodePart(text, start, found.Start, tokens, ref word);
            Add(tokens, found.Token.Id, new(text, found.Start, found.End), 0, found.End - found.Start, word++);
            (start, at) = (found.End, found.Behind);
        }
        EncodePart(text, start, text.Length, tokens, ref word);
    }

    /// <summary>Adds the tokens of a part of a text, which has no added tokens but those that are sought in normalised text.</summary>
    private void EncodePart(string text, int start, int end, TokenBuffer tokens, ref int word)
    {
        if (start >= end || (encoder is not null && encoder.TryEncode(text, start, end, tokens, ref word))) return;
        foreach (var (inner, sought) in normalised.Cut(Normalise(new(text, start, end))))
        {
            if (sought is not null) Add(tokens, sought.Id, inner, 0, inner.Length, word++);
            else foreach (var piece in Parts.PreTokenizer?.Cut(inner) ?? [inner]) EncodePiece(tokens, piece, word++);
        }
    }

    private AlignedText Normalise(AlignedText text) => Parts.Normalizer?.Apply(text) ?? text;

    private void EncodePiece(TokenBuffer tokens, AlignedText piece, int word)
    {
        foreach (var (id, start, end) in Model.Encode(piece.Text))
        {
            if (id < 0) throw new KeyNotFoundException($"Tokenizer: \"{piece.Text[start..end]}\" of the text \"{Shortened(piece.Source)}\" is none of the {Model.Vocabulary.Count} symbols, and there is no symbol for unknown ones.");
            Add(tokens, id, piece, start, end, word);
        }
    }

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "…";

    private void Add(TokenBuffer tokens, int id, AlignedText part, int start, int end, int word)
    {
        var (from, to) = (part.StartOf(start), part.EndOf(end));
        if (Parts.TrimsOffsets)
        {
            var symbol = this[id];
            var (leading, trailing) = (symbol.TakeWhile(IsSpace).Count(), symbol.Reverse().TakeWhile(IsSpace).Count());
            // The space that was put before the text is no part of it.
            if (leading == 1 && Parts.AddsSpace && (tokens.Count == 0 || from == 0)) leading = 0;
            from = Math.Min(from + leading, to);
            if (trailing > 0 && to >= trailing) to = Math.Max(to - trailing, from);
        }
        tokens.Add(id, from, to, word);
    }

    private static bool IsSpace(char letter) => letter == ByteAlphabet.Spell((byte)' ') || char.IsWhiteSpace(letter);
}

/// <summary>What a <see cref="ComposedTokenizer"/> consists of besides its model.</summary>
/// <param name="Added">Tokens that are found in the text as it stands.</param>
/// <param name="Normalizer">Changes the text; null: nothing does.</param>
/// <param name="PreTokenizer">Cuts the text; null: it is one piece.</param>
/// <param name="Decoder">Puts tokens together.</param>
/// <param name="TrimsOffsets">Whether the offsets of a token leave out the white space in it.</param>
/// <param name="AddsSpace">Of those who trim: whether a space was put before the text.</param>
/// <param name="Frame">The special tokens around texts; null: none.</param>
internal sealed record TokenizerParts(
    IReadOnlyList<AddedToken> Added, Normalizer? Normalizer, PreTokenizer? PreTokenizer, TokenDecoder Decoder, bool TrimsOffsets = false, bool AddsSpace = false, TokenFrame? Frame = null)
{
    /// <summary>How texts are encoded where no options are given.</summary>
    public EncodeOptions Defaults { get; init; } = new();
}
