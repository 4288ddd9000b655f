using System.Security.Cryptography;
using System.Text;

namespace Nabla.Data;

/// <summary>The published hash of a file's content, in lowercase hexadecimal.</summary>
/// <param name="Algorithm">The hash function.</param>
/// <param name="Hex">Its value.</param>
/// <param name="IsBlob">Whether it is git's name of a blob: the hash of <c>blob LENGTH\0</c> followed by the content.</param>
internal sealed record Checksum(HashAlgorithmName Algorithm, string Hex, bool IsBlob = false)
{
    private const int BufferSize = 1 << 16;

    public static Checksum Sha256(string hex) => new(HashAlgorithmName.SHA256, hex);

    /// <summary>The SHA-1 that git names a blob by.</summary>
    public static Checksum GitBlob(string hex) => new(HashAlgorithmName.SHA1, hex, IsBlob: true);

    /// <summary>Whether a file has this hash.</summary>
    public async Task<bool> MatchesAsync(string path, CancellationToken cancellation)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        await using var opened = stream.ConfigureAwait(false);
        using var hash = IncrementalHash.CreateHash(Algorithm);
        if (IsBlob) hash.AppendData(Encoding.ASCII.GetBytes(FormattableString.Invariant($"blob {stream.Length}\0")));
        var buffer = new byte[BufferSize];
        while (await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and var count) hash.AppendData(buffer, 0, count);
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == Hex;
    }

    /// <summary>Such as <c>SHA-256 9f86d0…</c>.</summary>
    public override string ToString() => $"{(Algorithm == HashAlgorithmName.SHA256 ? "SHA-256" : "git SHA-1")} {Hex}";
}
