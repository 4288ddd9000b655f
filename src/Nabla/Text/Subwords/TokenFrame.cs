namespace Nabla.Text;

/// <summary>Special tokens around and between texts, as a template places them.</summary>
/// <param name="Single">Around one text.</param>
/// <param name="Pair">Around two.</param>
/// <param name="Symbols">What the special tokens of the templates are.</param>
internal sealed record TokenFrame(IReadOnlyList<FramePiece> Single, IReadOnlyList<FramePiece> Pair, IReadOnlyList<FrameSymbol> Symbols)
{
    /// <summary>No special tokens; the second text is of type 1.</summary>
    public static TokenFrame None { get; } = new([new(null, 0, 0)], [new(null, 0, 0), new(null, 1, 1)], []);

    /// <summary>The tokens of one text or two in their frame.</summary>
    public IEnumerable<FramedToken> Around(IReadOnlyList<IReadOnlyList<Token>> texts) => (texts.Count == 1 ? Single : Pair).SelectMany(piece => piece.Symbol is { } name
        ? Symbols.First(symbol => symbol.Name == name).Tokens.Select(token => new FramedToken(new(token.Id, 0, 0), piece.Type, null))
        : texts[piece.Text].Select(token => new FramedToken(token, piece.Type, piece.Text)));
}

/// <summary>A place in a template.</summary>
/// <param name="Symbol">The name of a special token; null: a text stands here.</param>
/// <param name="Text">Which text: 0 or 1.</param>
/// <param name="Type">The type of the tokens that come to stand here.</param>
internal sealed record FramePiece(string? Symbol, int Text, int Type);

/// <summary>A special token of a template, which may consist of several of the vocabulary.</summary>
internal sealed record FrameSymbol(string Name, IReadOnlyList<(int Id, string Symbol)> Tokens);

/// <summary>A token with its place in a frame of special tokens.</summary>
/// <param name="Token">The token; one of the frame begins and ends at 0.</param>
/// <param name="Type">The number that tells the model which part of the frame it stands in, such as 0 for the first text and 1 for the second.</param>
/// <param name="Text">The text that it is of: 0 the first, 1 the second; null: it is a special token of the frame.</param>
public readonly record struct FramedToken(Token Token, int Type, int? Text);
