using System.Text.Json.Nodes;

namespace Nabla.Text;

/// <summary>Reads and writes a TemplateProcessing of a tokenizer.json.</summary>
internal static class TemplateReader
{
    private static readonly string[] Texts = ["A", "B"];

    /// <exception cref="FormatException">Something is missing, or names what is not there.</exception>
    public static TokenFrame Read(JsonPart json)
    {
        json.Allow("type", "single", "pair", "special_tokens");
        FrameSymbol[] symbols = [.. json.Named("special_tokens").Select(entry => Symbol(entry.Name, entry.Part))];
        var (single, pair) = (Pieces("single"), Pieces("pair"));
        if (single.Any(piece => piece is { Symbol: null, Text: 1 })) throw json.Fault("\"single\" has a second text, $B");
        for (var text = 0; text < Texts.Length; text++)
            if (!pair.Any(piece => piece.Symbol is null && piece.Text == text)) throw json.Fault($"\"pair\" leaves out the text ${Texts[text]}");
        return new(single, pair, symbols);

        FramePiece[] Pieces(string name) => [.. json.Parts(name).Select(piece => Piece(piece, symbols))];
    }

    private static FrameSymbol Symbol(string name, JsonPart json)
    {
        json.Allow("id", "ids", "tokens");
        if (json.Needed("id") != name) throw json.Fault($"\"id\" is \"{json.Text("id")}\"");
        var (ids, tokens) = (json.List("ids").Select(id => json.Whole(id, "an id")).ToArray(), json.List("tokens").Select(json.Text).ToArray());
        return ids.Length == tokens.Length ? new(name, [.. ids.Zip(tokens)]) : throw json.Fault($"{ids.Length} ids and {tokens.Length} tokens; as many of both are needed");
    }

    private static FramePiece Piece(JsonPart json, FrameSymbol[] symbols)
    {
        json.Allow("Sequence", "SpecialToken");
        if (json.Part("SpecialToken") is { } special)
        {
            special.Allow("id", "type_id");
            var name = special.Needed("id");
            return new(symbols.FirstOrDefault(symbol => symbol.Name == name) ?? throw special.Fault($"\"special_tokens\" has no \"{name}\""), 0, special.Whole("type_id"));
        }
        var sequence = json.Part("Sequence") ?? throw json.Fault("neither \"Sequence\" nor \"SpecialToken\" is there");
        sequence.Allow("id", "type_id");
        var text = Array.IndexOf(Texts, sequence.Needed("id"));
        return text >= 0 ? new(null, text, sequence.Whole("type_id")) : throw sequence.Fault("\"id\" is neither A nor B");
    }

    public static JsonObject Write(TokenFrame frame) => new()
    {
        ["type"] = "TemplateProcessing", ["single"] = Pieces(frame.Single), ["pair"] = Pieces(frame.Pair),
        ["special_tokens"] = new JsonObject(frame.Symbols.Select(symbol => KeyValuePair.Create(symbol.Name, (JsonNode?)new JsonObject
        {
            ["id"] = symbol.Name, ["ids"] = new JsonArray([.. symbol.Tokens.Select(token => (JsonNode)token.Id)]), ["tokens"] = new JsonArray([.. symbol.Tokens.Select(token => (JsonNode)token.Symbol)]),
        }))),
    };

    private static JsonArray Pieces(IEnumerable<FramePiece> pieces) => new([.. pieces.Select(piece => (JsonNode)new JsonObject
    {
        [piece.Symbol is null ? "Sequence" : "SpecialToken"] = new JsonObject { ["id"] = piece.Symbol?.Name ?? Texts[piece.Text], ["type_id"] = piece.Type },
    })]);
}
