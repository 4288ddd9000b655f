using Nabla.Layers;
using Nabla.Text;

namespace Nabla.Cli.Tasks.Characters;

/// <summary>What <c>nabla train characters</c> says before it trains.</summary>
static class CharacterChoices
{
    public static IReadOnlyList<(string Name, string Value)> Of(CharacterSettings c, CharacterSource source, CharacterTokenizer tokenizer)
    {
        var (counts, model) = (c.Counts.Value, CharacterModels.Make(c, tokenizer.Count));
        var perPass = new TextStreams(new int[counts[0]], c.Batch, c.Segment).Count;
        var layers = Invariant($"{c.Model} of {(c.Layers > 1 ? $"{c.Layers} × " : "")}{c.Hidden} units, embedding ") +
            Invariant($"{c.Embedding}{(c.Dropout > 0 ? Invariant($", dropout {c.Dropout:G3}") : "")}");
        return
        [
            ("text", source.Description),
            ("characters", Invariant($"{counts.Sum():n0}, {tokenizer.Count:n0} different ones: {Shown(tokenizer)}")),
            ("split", Invariant($"the first {counts[0]:n0} training, the next {counts[1]:n0} validation, the last {counts[2]:n0} test ") +
                "(--validation, --test)"),
            ("model", Invariant($"{layers}: {model.ParameterCount():n0} parameters (--model, --layers, --hidden, --embedding, --dropout)")),
            ("training", Invariant($"{c.Steps:n0} steps of {c.Batch} × {c.Segment} characters, {(double)c.Steps / perPass:0.0} passes ") +
                "through the text (--steps, --batch, --segment)"),
            ("memory", $"the hidden state is carried from segment to segment; gradients go back {c.Segment} characters"),
            ("optimizer", Invariant($"Adam, learning rate {c.LearningRate:G4} (cosine), gradient norm clipped at {c.ClipNorm:G4} ") +
                "(--lr, --clip)"),
        ];
    }

    /// <summary>The commonest characters, those that cannot be seen by signs for them.</summary>
    public static string Shown(CharacterTokenizer tokenizer) =>
        string.Concat(tokenizer.Vocabulary.Symbols.Take(40).Select(symbol =>
            symbol switch { "\n" => "⏎", " " => "␣", "\t" => "⇥", _ => symbol })) + (tokenizer.Count > 40 ? " …" : "");
}
