namespace Nabla.Cli.Verify;

/// <summary>PyTorch's name of a parameter, and which third of it is ours where PyTorch keeps the projections of queries, keys and values as one.</summary>
internal readonly record struct TorchName(string Name, int? Third)
{
    public Tensor Part(Tensor whole) => Third is { } third ? whole[(third * whole.Shape[0] / 3)..((third + 1) * whole.Shape[0] / 3)] : whole;
}

/// <summary>How PyTorch's nn.MultiheadAttention, nn.TransformerEncoderLayer, nn.TransformerDecoderLayer and nn.Transformer call what our layers have.</summary>
internal static class TorchNames
{
    private static readonly string[] Projections = ["query", "key", "value"];

    /// <summary>The name of one of a module's paths.</summary>
    public static IEnumerable<TorchName> Of(IReadOnlyList<string> paths)
    {
        var decoders = paths.Where(path => path.Contains("cross_attention_norm", StringComparison.Ordinal)).Select(path => path[..path.IndexOf("cross_attention_norm", StringComparison.Ordinal)]).ToHashSet();
        foreach (var path in paths)
        {
            var (names, third) = (new List<string>(), (int?)null);
            var parts = path.Split('.');
            for (var i = 0; i < parts.Length; i++)
            {
                if (Array.IndexOf(Projections, parts[i]) is var projection and >= 0) (third, names) = (projection, [.. names, $"in_proj_{parts[++i]}"]);
                else if (parts[i] == "feed_forward_norm") names.Add(decoders.Contains(string.Concat(parts[..i].Select(part => part + "."))) ? "norm3" : "norm2");
                else if (parts[i] != "feed_forward") names.Add(Renamed.GetValueOrDefault(parts[i], parts[i]));
            }
            yield return new(string.Join('.', names), third);
        }
    }

    private static readonly Dictionary<string, string> Renamed = new()
    {
        ["encoder"] = "encoder.layers", ["decoder"] = "decoder.layers", ["encoder_norm"] = "encoder.norm", ["decoder_norm"] = "decoder.norm",
        ["attention"] = "self_attn", ["cross_attention"] = "multihead_attn", ["output"] = "out_proj", ["expand"] = "linear1", ["contract"] = "linear2",
        ["attention_norm"] = "norm1", ["cross_attention_norm"] = "norm2",
    };
}
