using System.Text.Json.Nodes;

namespace Nabla.Text;

/// <summary>The sections "truncation" and "padding" of a tokenizer.json.</summary>
internal static class SequenceSections
{
    private const string Fixed = "Fixed", BatchLongest = "BatchLongest";

    /// <summary>The options that the sections give.</summary>
    /// <exception cref="FormatException">A section is of another form.</exception>
    public static EncodeOptions Read(JsonPart file)
    {
        var options = new EncodeOptions();
        if (file.Part("truncation") is { } truncation)
        {
            truncation.Allow("direction", "max_length", "strategy", "stride");
            options = options with
            {
                MaxLength = Size(truncation, "max_length"), Stride = Size(truncation, "stride"), TruncationSide = Side(truncation),
                Truncation = One(truncation, "strategy", TruncationStrategy.LongestFirst, TruncationStrategy.LongestFirst,
                    TruncationStrategy.OnlyFirst, TruncationStrategy.OnlySecond),
            };
        }
        if (file.Part("padding") is not { } padding) return options;
        padding.Allow("strategy", "direction", "pad_to_multiple_of", "pad_id", "pad_type_id", "pad_token");
        var length = Length(padding);
        return options with
        {
            Padding = length is null ? PaddingStrategy.Longest : PaddingStrategy.MaxLength, PaddingLength = length,
            PaddingSide = Side(padding),
            PadToMultipleOf = padding["pad_to_multiple_of"] is null || padding.Whole("pad_to_multiple_of") == 0 ? null
                : Size(padding, "pad_to_multiple_of"),
            PadId = Size(padding, "pad_id"), PadTypeId = padding["pad_type_id"] is null ? 0 : Size(padding, "pad_type_id"),
        };
    }

    /// <summary>The section of the tokenizer's defaults; null: texts are not truncated.</summary>
    public static JsonObject? Truncation(ComposedTokenizer tokenizer) =>
        tokenizer.Defaults is { Truncation: not TruncationStrategy.None } options ? new()
    {
        ["direction"] = options.TruncationSide.ToString(), ["max_length"] = options.MaxLength ?? tokenizer.ModelMaxLength,
        ["strategy"] = options.Truncation.ToString(), ["stride"] = options.Stride,
    } : null;

    /// <summary>The section of the tokenizer's defaults; null: sequences are not padded.</summary>
    public static JsonObject? Padding(ComposedTokenizer tokenizer) => tokenizer.Defaults is { Padding: not PaddingStrategy.None } options
        ? new()
    {
        ["strategy"] = options.Padding == PaddingStrategy.Longest ? BatchLongest
            : new JsonObject { [Fixed] = options.PaddingLength ?? options.MaxLength ?? tokenizer.ModelMaxLength },
        ["direction"] = options.PaddingSide.ToString(), ["pad_to_multiple_of"] = options.PadToMultipleOf, ["pad_id"] = tokenizer.PaddingId,
        ["pad_type_id"] = options.PadTypeId,
        ["pad_token"] = tokenizer.PaddingId is { } id ? tokenizer[id] : null,
    } : null;

    /// <summary>The length of "Fixed"; null: the strategy is "BatchLongest".</summary>
    private static int? Length(JsonPart padding)
    {
        if (padding["strategy"] is JsonValue) return padding.Text("strategy") == BatchLongest ? null
            : throw padding.Fault($"\"strategy\" is \"{padding.Text("strategy")}\"; there are {BatchLongest} and {Fixed}");
        var strategy = padding.Part("strategy") ?? throw padding.Fault("\"strategy\" is missing");
        strategy.Allow(Fixed);
        return Size(strategy, Fixed);
    }

    private static int Size(JsonPart part, string name) => part.Whole(name) is >= 0 and var size ? size
        : throw part.Fault($"\"{name}\" is {part[name]}; 0 or more is needed");

    private static SequenceSide Side(JsonPart part) => One(part, "direction", SequenceSide.Right, SequenceSide.Right, SequenceSide.Left);

    private static T One<T>(JsonPart part, string name, T otherwise, params ReadOnlySpan<T> known) where T : struct, Enum
    {
        if (part.Text(name) is not { } text) return otherwise;
        foreach (var one in known)
            if (one.ToString() == text) return one;
        throw part.Fault($"\"{name}\" is \"{text}\"; there are {string.Join(", ", known.ToArray())}");
    }
}
