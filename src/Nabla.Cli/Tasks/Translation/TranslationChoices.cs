using Nabla.Layers;

namespace Nabla.Cli.Tasks.Translation;

/// <summary>What <c>nabla train translate</c> says before it trains.</summary>
static class TranslationChoices
{
    public static IReadOnlyList<(string Name, string Value)> Of(TranslationSettings c, PairSource source, PairParts parts,
        Tokenizers tokenizers, int pairs) =>
    [
        ("data", source.Description),
        ("split", Invariant($"{parts.Train.Count:n0} training sources, {parts.Validation.Count:n0} validation, {parts.Test.Count:n0} ") +
            "test (--validation, --test, --split-seed)"),
        ("tokens", Tokens(c, tokenizers)),
        ("pairs", Invariant($"{pairs:n0} of at most {c.MaximumLength} tokens on either side (--max-length)")),
        ("model", Model(c, tokenizers)),
        ("training", Training(c)),
    ];

    static string Tokens(TranslationSettings c, Tokenizers tokenizers)
    {
        var (source, target) = (tokenizers.Source.Count, tokenizers.Target.Count);
        var counts = c.SharesVocabulary ? Invariant($"{source:n0} for both sides") : Invariant($"{source:n0} and {target:n0}");
        return $"{c.SourceTokens} → {c.TargetTokens}: {counts} (--source-tokens, --target-tokens, --vocabulary)";
    }

    static string Model(TranslationSettings c, Tokenizers tokenizers)
    {
        var attention = c.Model.Value == "lstm" ? "" : $", {c.Heads} heads, feed-forward {c.FeedForward}";
        return Invariant($"{c.Model}, {TranslationModels.Make(c, tokenizers).ParameterCount():n0} parameters: width {c.Width}, ") +
            Invariant($"{c.Layers} + {c.Layers} layers{attention}, dropout {c.Dropout} ") +
            "(--model, --width, --layers, --heads, --feed-forward, --dropout)";
    }

    static string Training(TranslationSettings c) =>
        Invariant($"{c.Epochs} {(c.Epochs == 1 ? "epoch" : "epochs")}, about {c.Steps:n0} steps of {c.Tokens:n0} ") +
            Invariant($"tokens{(c.Accumulate > 1 ? $" × {c.Accumulate}" : "")}; ") +
        Invariant($"learning rate {c.LearningRate:G4} ({c.Schedule} after {c.WarmUp:n0} warm-up ") +
            Invariant($"{(c.WarmUp == 1 ? "step" : "steps")}), label smoothing {c.LabelSmoothing}");
}
