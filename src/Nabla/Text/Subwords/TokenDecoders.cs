namespace Nabla.Text;

/// <summary>Puts tokens together to a text.</summary>
internal abstract record TokenDecoder
{
    public abstract string Join(IEnumerable<string> tokens);
}

/// <summary>With spaces between.</summary>
internal sealed record SpacedDecoder : TokenDecoder
{
    public override string Join(IEnumerable<string> tokens) => string.Join(' ', tokens);
}

/// <summary>By the bytes that they spell.</summary>
internal sealed record ByteLevelDecoder : TokenDecoder
{
    public override string Join(IEnumerable<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens) ByteAlphabet.Append(bytes, token);
        return WobblyUtf8.Decode([.. bytes]);
    }
}

/// <summary>Where a token ends a word, a space follows, but not behind the last.</summary>
internal sealed record SuffixDecoder(string Suffix) : TokenDecoder
{
    public override string Join(IEnumerable<string> tokens)
    {
        var all = tokens.ToArray();
        return string.Concat(all.Select((token, i) => Suffix.Length == 0 ? token : token.Replace(Suffix, i == all.Length - 1 ? "" : " ", StringComparison.Ordinal)));
    }
}
