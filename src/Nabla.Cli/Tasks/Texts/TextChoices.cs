using Nabla.Cli.Datasets;
using Nabla.Data;

namespace Nabla.Cli.Tasks.Texts;

/// <summary>What <c>nabla train text</c> says before it trains.</summary>
static class TextChoices
{
    public static IReadOnlyList<(string Name, string Value)> Of(TextSettings settings, TextSource source,
        ExampleParts<LabelledText> parts) =>
    [
        ("data", source.Description),
        .. source.Understood,
        ("classes", $"{source.Classes.Count}: {Listed(source.Classes)}"),
        ("split", parts.Description),
        ("words", Words(settings)),
        ("model", Model(settings)),
        ("training", Training(settings)),
        .. AbsentClasses.Warnings(source.Classes, "texts", Balance(parts.Train, source), Balance(parts.Test, source),
            "it says nothing of them and they count as 0 in the macro F1"),
    ];

    public static string Listed(IReadOnlyList<string> names) =>
        names.Count <= 10 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(8))}, … {names[^1]}";

    static string Words(TextSettings c) => Invariant($"{c.Vocabulary:n0}, {(c.Cased ? "cased" : "in lower case")}, of the training ") +
        "part (--vocabulary, --cased); " +
        $"at most {c.Tokens} of a text, of a longer one its first and its last (--tokens)";

    static string Model(TextSettings c) => Invariant($"{c.Model}, {TextModels.Make(c).ParameterCount():n0} parameters: width ") +
        Invariant($"{c.Width}, {c.Layers} {(c.Layers == 1 ? "layer" : "layers")}, ") +
        Invariant($"dropout {c.Dropout:G4}, word dropout {c.WordDropout:G4} (--model, --width, --layers, --dropout, --word-dropout)");

    static string Training(TextSettings c) => Invariant($"{c.Epochs} {(c.Epochs == 1 ? "epoch" : "epochs")} in batches of ") +
        Invariant($"{c.Batch:n0} tokens; AdamW, learning rate {c.LearningRate:G4} (cosine), ") +
        Invariant($"weight decay {c.WeightDecay:G4}, gradient norm clipped at {c.ClipNorm:G4}");

    static ClassBalance Balance(Dataset<LabelledText> part, TextSource source) =>
        ClassBalance.Of([.. part.Select(text => text.Label)], source.Classes.Count);
}
