using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Nabla.Text;

/// <summary>Puts tokens together to a text.</summary>
internal abstract record TokenDecoder
{
    public string Join(IEnumerable<string> tokens) => string.Concat(Parts([.. tokens]));

    /// <summary>The parts whose concatenation is the text, for the next decoder of a sequence to go on with.</summary>
    public abstract IReadOnlyList<string> Parts(IReadOnlyList<string> tokens);
}

/// <summary>One after another.</summary>
internal sealed record DecoderSequence(IReadOnlyList<TokenDecoder> Steps) : TokenDecoder
{
    public override IReadOnlyList<string> Parts(IReadOnlyList<string> tokens) => Steps.Aggregate(tokens, (parts, step) => step.Parts(parts));
}

/// <summary>With spaces between.</summary>
internal sealed record SpacedDecoder : TokenDecoder
{
    public override IReadOnlyList<string> Parts(IReadOnlyList<string> tokens) => [string.Join(' ', tokens)];
}

/// <summary>By the bytes that they spell.</summary>
internal sealed record ByteLevelDecoder : TokenDecoder
{
    public override IReadOnlyList<string> Parts(IReadOnlyList<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens) ByteAlphabet.Append(bytes, token);
        return [WobblyUtf8.Decode([.. bytes])];
    }
}

/// <summary>Where a token ends a word, a space follows, but not behind the last.</summary>
internal sealed record SuffixDecoder(string Suffix) : TokenDecoder
{
    public override IReadOnlyList<string> Parts(IReadOnlyList<string> tokens) =>
        [.. tokens.Select((token, i) => Suffix.Length == 0 ? token : token.Replace(Suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal))];
}

/// <summary>Marks become spaces again; those of the first token are left out where the text got one.</summary>
/// <param name="Space">What stands for spaces and where the text gets one.</param>
internal sealed record MetaspaceDecoder(Metaspace Space) : TokenDecoder
{
    public override IReadOnlyList<string> Parts(IReadOnlyList<string> tokens) =>
        [.. tokens.Select((token, i) => token.Replace(Space.Mark, i == 0 && Space.Prepends != Prepending.Never ? "" : " ", StringComparison.Ordinal))];
}

/// <summary>A text in place of another.</summary>
internal sealed record ReplaceDecoder(string Sought, string Content) : TokenDecoder
{
    public override IReadOnlyList<string> Parts(IReadOnlyList<string> tokens) => [.. tokens.Select(token => token.Replace(Sought, Content, StringComparison.Ordinal))];
}

/// <summary>Neighbours that are bytes, such as &lt;0xE5&gt;, become the characters that they are in UTF-8; bytes that are none, a � each.</summary>
internal sealed record ByteFallbackDecoder : TokenDecoder
{
    public override IReadOnlyList<string> Parts(IReadOnlyList<string> tokens)
    {
        var (parts, bytes) = (new List<string>(tokens.Count), new List<byte>());
        void Flush()
        {
            byte[] run = [.. bytes];
            if (Utf8.IsValid(run)) parts.Add(Encoding.UTF8.GetString(run));
            else parts.AddRange(Enumerable.Repeat("\uFFFD", run.Length));
            bytes.Clear();
        }
        foreach (var token in tokens)
        {
            if (token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var one))
            {
                bytes.Add(one);
                continue;
            }
            if (bytes.Count > 0) Flush();
            parts.Add(token);
        }
        if (bytes.Count > 0) Flush();
        return parts;
    }
}

/// <summary>All parts in one.</summary>
internal sealed record FuseDecoder : TokenDecoder
{
    public override IReadOnlyList<string> Parts(IReadOnlyList<string> tokens) => [string.Concat(tokens)];
}

/// <summary>Takes a character off the beginning and the end of each part, so often at most.</summary>
internal sealed record StripDecoder(string Content, int Start, int Stop) : TokenDecoder
{
    public override IReadOnlyList<string> Parts(IReadOnlyList<string> tokens) => [.. tokens.Select(Strip)];

    private string Strip(string token)
    {
        for (var i = 0; i < Start && token.StartsWith(Content, StringComparison.Ordinal); i++) token = token[Content.Length..];
        for (var i = 0; i < Stop && token.EndsWith(Content, StringComparison.Ordinal); i++) token = token[..^Content.Length];
        return token;
    }
}
