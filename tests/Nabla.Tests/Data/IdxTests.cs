using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class IdxTests
{
    [Theory, InlineData(".idx"), InlineData(".idx.gz")]
    public void Elements_of_every_type_are_those_that_Python_wrote(string ending)
    {
        Assert.Equal([0, 1, 127, 128, 254, 255], Idx.Read(Fixture.Of("bytes" + ending)).ToArray<int>());
        Assert.Equal([0, 1, 127, -128, -2, -1], Idx.Read(Fixture.Of("sbytes" + ending)).ToArray<int>());
        Assert.Equal([0, 1, 32767, -32768, 258, -1], Idx.Read(Fixture.Of("shorts" + ending)).ToArray<int>());
        Assert.Equal([0, 1, 2147483647, -2147483648, 16909060, -1], Idx.Read(Fixture.Of("ints" + ending)).ToArray<int>());
        Assert.Equal([0, 1.5f, 3.4028234663852886e38f, -1, 0.1f, -0f], Idx.Read(Fixture.Of("floats" + ending)).ToArray<float>());
        Assert.Equal([0, 1.5, 1.7976931348623157e308, -1, 0.1, -0.0], Idx.Read(Fixture.Of("doubles" + ending)).ToArray<double>());
        Assert.Equal([3, 2], Idx.Read(Fixture.Of("doubles" + ending)).Shape);
    }

    [Theory, InlineData(".idx"), InlineData(".idx.gz")]
    public void Parts_are_read_one_by_one_from_any_position(string ending)
    {
        var items = Idx.Items(Fixture.Of("shorts" + ending));
        Assert.Equal(3, items.Count);
        Assert.Equal([[0, 1], [32767, -32768], [258, -1]], items.Select(item => item.ToArray<int>()));
        using var cursor = items.Open();
        Assert.True(cursor.MoveNext());
        using var again = items.Open(cursor.State);
        Assert.Equal([[32767, -32768], [258, -1]], again.Rest().Select(item => item.ToArray<int>()));
    }

    [Fact]
    public void Images_are_their_bytes_over_255()
    {
        var images = Idx.Images(Fixture.Of("images.idx.gz"), Fixture.Of("labels.idx.gz"), ["a", "b", "c"]);
        Assert.Equal((4, new ImageSize(1, 2, 3)), (images.Count, images.Size));
        Assert.Equal([1, 0, 2, 1], images.Labels.ToArray());
        Assert.Equal([60 / 255f, 70 / 255f, 80 / 255f, 90 / 255f, 100 / 255f, 110 / 255f], images[1].Image.ToArray<float>());
        Assert.Equal([1, 2, 3], images[1].Image.Shape);
    }

    [Fact]
    public void Files_that_do_not_fit_are_refused_with_the_remedy()
    {
        using var files = new Fixture();
        var whole = File.ReadAllBytes(Fixture.Of("shorts.idx"));
        var packed = File.ReadAllBytes(Fixture.Of("shorts.idx.gz"));
        Refused("ends before all elements that its header says. It is cut off: fetch it again.", () => Idx.Read(files.Write("cut.idx", whole[..^1])));
        Refused("goes on after the elements of shape [3, 2] that its header says. It is damaged, or not IDX: fetch it again.", () => Idx.Read(files.Write("long.idx", [.. whole, 0])));
        Refused("begins with 89504E47; an IDX file begins with 0000, a type of 08, 09, 0B, 0C, 0D or 0E, and the number of dimensions.",
            () => Idx.Read(files.Write("picture.idx", [0x89, 0x50, 0x4E, 0x47, 1, 2, 3])));
        Refused("fetch it again.", () => Idx.Read(files.Write("cut.idx.gz", packed[..^12])));
        Refused($"there is no such file; the current folder is {Directory.GetCurrentDirectory()}.", () => Idx.Read("absent.idx"));
        Refused("label 2 of image 2 has no name: there are 2 classes. Name them all.", () => Idx.Images(Fixture.Of("images.idx.gz"), Fixture.Of("labels.idx.gz"), ["a", "b"]));
        Refused("Name the files that belong together.", () => Idx.Images(Fixture.Of("images.idx.gz"), files.Write("two.idx", [0, 0, 8, 1, 0, 0, 0, 2, 0, 0]), ["a"]));
    }

    static void Refused(string ending, Action reading) => Assert.EndsWith(ending, Assert.Throws<DataFileException>(reading).Message);
}
