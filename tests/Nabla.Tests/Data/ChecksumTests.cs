using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class ChecksumTests : IDisposable
{
    readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    /// <summary>
    /// The blobs of "Git Internals" (Chacon, Straub: Pro Git, chapter 10), the empty blob, and FIPS 180-2's example of SHA-256.
    /// </summary>
    [Theory]
    [InlineData("test content\n", "d670460b4b4aece5915caf5c68d12f560a9fe3e4", true)]
    [InlineData("version 1\n", "83baae61804e65cc73a7201a7252750c76066a30", true)]
    [InlineData("", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391", true)]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", false)]
    public async Task Hashes_are_those_of_git_and_of_the_standard(string content, string hex, bool isBlob)
    {
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        var checksum = isBlob ? Checksum.GitBlob(hex) : Checksum.Sha256(hex);
        Assert.True(await checksum.MatchesAsync(file, TestContext.Current.CancellationToken));
        await File.AppendAllTextAsync(file, "x", TestContext.Current.CancellationToken);
        Assert.False(await checksum.MatchesAsync(file, TestContext.Current.CancellationToken));
    }
}
