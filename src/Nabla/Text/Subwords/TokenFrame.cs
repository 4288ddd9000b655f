namespace Nabla.Text;

/// <summary>Special tokens around and between texts, as a template places them.</summary>
/// <param name="Single">Around one text.</param>
/// <param name="Pair">Around two.</param>
/// <param name="Symbols">What the special tokens of the templates are.</param>
internal sealed record TokenFrame(IReadOnlyList<FramePiece> Single, IReadOnlyList<FramePiece> Pair, IReadOnlyList<FrameSymbol> Symbols)
{
    /// <summary>No special tokens; the second text is of type 1.</summary>
    public static TokenFrame None { get; } = new([new(null, 0, 0)], [new(null, 0, 0), new(null, 1, 1)], []);

    /// <summary>BERT's: [CLS] first [SEP], and [CLS] first [SEP] second [SEP] with the type 1 for the second (Hugging Face's BertProcessing).</summary>
    public static TokenFrame Bert((int Id, string Symbol) cls, (int Id, string Symbol) sep)
    {
        FrameSymbol[] symbols = [new(cls.Symbol, [cls]), new(sep.Symbol, [sep])];
        FramePiece[] single = [new(symbols[0], 0, 0), new(null, 0, 0), new(symbols[1], 0, 0)];
        return new(single, [.. single, new(null, 1, 1), new(symbols[1], 0, 1)], symbols);
    }
}

/// <summary>A place in a template.</summary>
/// <param name="Symbol">A special token; null: a text stands here.</param>
/// <param name="Text">Which text: 0 or 1.</param>
/// <param name="Type">The type of the tokens that come to stand here.</param>
internal sealed record FramePiece(FrameSymbol? Symbol, int Text, int Type);

/// <summary>A special token of a template, which may consist of several of the vocabulary.</summary>
internal sealed record FrameSymbol(string Name, IReadOnlyList<(int Id, string Symbol)> Tokens);
