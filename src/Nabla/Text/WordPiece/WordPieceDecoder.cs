namespace Nabla.Text;

/// <summary>A space before every token but the first and those that go on within a word.</summary>
/// <param name="Prefix">What tokens begin with that go on within a word.</param>
/// <param name="CleansUp">Whether the spaces before <c>. ? ! ,</c> and English contractions are left out, in each token by itself as
/// Hugging Face's library does it.</param>
internal sealed record WordPieceDecoder(string Prefix, bool CleansUp) : TokenDecoder
{
    private static readonly (string Sought, string Content)[] Cleanups =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"),
        (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    public override IReadOnlyList<string> Parts(IReadOnlyList<string> tokens) => [.. tokens.Select(Part)];

    private string Part(string token, int index)
    {
        var part = index == 0 ? token : token.StartsWith(Prefix, StringComparison.Ordinal) ? token[Prefix.Length..] : " " + token;
        if (!CleansUp) return part;
        foreach (var (sought, content) in Cleanups) part = part.Replace(sought, content, StringComparison.Ordinal);
        return part;
    }
}
