using System.Text;
using Nabla.Formats.TensorBoard;

namespace Nabla.Formats.Tests.TensorBoard;

public sealed class EventFileTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("nabla-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Another_reader_finds_the_version_and_every_point()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        string path;
        using (var events = EventFile.Create(folder))
        {
            events.Scalar("train/loss", 1, 2.5);
            events.Scalar("genauigkeit/größe", 5_000_000_000, -1e-3);
            events.Scalar("train/loss", 0, double.NaN);
            events.Scalar(new string('x', 300), long.MaxValue, double.PositiveInfinity);
            path = events.FullPath;
        }
        Assert.StartsWith("events.out.tfevents.", Path.GetFileName(path), StringComparison.Ordinal);
        var (version, points) = PlainEvents.Read(File.ReadAllBytes(path));
        Assert.Equal("brain.Event:2", version);
        Assert.Equal([("train/loss", 1L, 2.5f), ("genauigkeit/größe", 5_000_000_000, -1e-3f), ("train/loss", 0, float.NaN), (new string('x', 300), long.MaxValue, float.PositiveInfinity)],
            points.Select(point => (point.Tag, point.Step, point.Value)));
        Assert.All(points, point => Assert.InRange(point.Time, before, before + 60));
    }

    [Fact]
    public void A_file_goes_on_from_an_earlier_length()
    {
        string path;
        long length;
        using (var events = EventFile.Create(folder))
        {
            events.Scalar("a", 1, 1);
            events.Flush();
            (path, length) = (events.FullPath, events.Length);
            events.Scalar("a", 2, 2);
        }
        using (var events = EventFile.Continue(path, length)) events.Scalar("a", 2, 3);
        Assert.Equal([1f, 3f], PlainEvents.Read(File.ReadAllBytes(path)).Points.Select(point => point.Value));
        Assert.Contains("fewer than the 9999 bytes", Assert.Throws<IOException>(() => EventFile.Continue(path, 9999)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_files_of_one_second_differ_in_name()
    {
        using var first = EventFile.Create(folder);
        using var second = EventFile.Create(folder);
        Assert.NotEqual(first.FullPath, second.FullPath);
    }

    /// <summary>RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.</summary>
    [Fact]
    public void The_checksum_is_CRC_32C()
    {
        Assert.Equal(0xE3069283u, MaskedCrc.Crc(Encoding.ASCII.GetBytes("123456789")));
        Assert.Equal(0x8A9136AAu, MaskedCrc.Crc(new byte[32]));
        Assert.Equal(0x62A8AB43u, MaskedCrc.Crc([.. Enumerable.Repeat((byte)0xFF, 32)]));
        Assert.Equal(0x46DD794Eu, MaskedCrc.Crc([.. Enumerable.Range(0, 32).Select(i => (byte)i)]));
        byte[] odd = [.. Enumerable.Range(0, 1003).Select(i => (byte)(i * 7))];
        Assert.Equal(PlainEvents.Crc(odd), MaskedCrc.Crc(odd));
    }
}
