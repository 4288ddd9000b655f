namespace Nabla.Models;

/// <summary>
/// Hugging Face's names of a BERT's parameters: <c>bert.encoder.layer.0.attention.self.query.weight</c>.
/// </summary>
internal static class BertNames
{
    private static readonly (string Ours, string Theirs)[] Parts =
    [
        ("embeddings.word.", "embeddings.word_embeddings."),
        ("embeddings.position.", "embeddings.position_embeddings."),
        ("embeddings.token_type.", "embeddings.token_type_embeddings."),
        ("embeddings.norm.", "embeddings.LayerNorm."),
        ("attention.query.", "attention.self.query."),
        ("attention.key.", "attention.self.key."),
        ("attention.value.", "attention.self.value."),
        ("attention_output.", "attention.output.dense."),
        ("attention_norm.", "attention.output.LayerNorm."),
        ("intermediate.", "intermediate.dense."),
        ("output.", "output.dense."),
        ("output_norm.", "output.LayerNorm."),
        ("pooler.", "pooler.dense."),
        ("predictions.transform.", "cls.predictions.transform.dense."),
        ("predictions.norm.", "cls.predictions.transform.LayerNorm."),
        ("predictions.decoder", "cls.predictions.decoder.weight"),
        ("predictions.", "cls.predictions."),
        ("next_sentence.", "cls.seq_relationship."),
        ("outputs.", "qa_outputs."),
    ];

    private const string Encoder = "bert.", Layers = "layers.";

    /// <summary>Whether a path of a model with a head is the head's.</summary>
    public static bool IsHead(string path, bool hasHead) => hasHead && !path.StartsWith(Encoder, StringComparison.Ordinal);

    /// <summary>The name of the parameter of this path.</summary>
    public static string Of(string path)
    {
        var prefix = "";
        if (path.StartsWith(Encoder, StringComparison.Ordinal)) (prefix, path) = (Encoder, path[Encoder.Length..]);
        if (path.StartsWith(Layers, StringComparison.Ordinal))
        {
            var end = path.IndexOf('.', Layers.Length) + 1;
            (prefix, path) = ($"{prefix}encoder.layer.{path[Layers.Length..end]}", path[end..]);
        }
        foreach (var (ours, theirs) in Parts)
            if (path.StartsWith(ours, StringComparison.Ordinal)) return prefix + theirs + path[ours.Length..];
        return prefix + path;
    }

    /// <summary>
    /// The name as today's transformers spells it: TensorFlow's gamma and beta are weight and bias, and an encoder that was saved by itself
    /// lacks the prefix <c>bert.</c>. Null for what is no parameter, or a second name of one.
    /// </summary>
    public static string? Canonical(string name)
    {
        if (name.EndsWith(".position_ids", StringComparison.Ordinal) || name is "position_ids"
            or "cls.predictions.decoder.bias") return null;
        if (name.EndsWith("LayerNorm.gamma", StringComparison.Ordinal)) name = name[..^"gamma".Length] + "weight";
        if (name.EndsWith("LayerNorm.beta", StringComparison.Ordinal)) name = name[..^"beta".Length] + "bias";
        return name.StartsWith("embeddings.", StringComparison.Ordinal) || name.StartsWith("encoder.", StringComparison.Ordinal)
            || name.StartsWith("pooler.", StringComparison.Ordinal)
            ? Encoder + name : name;
    }
}
