using System.IO.Compression;

namespace Nabla.Benchmarks.Workloads;

/// <summary>Pictures of clothes, 28 × 28 pixels of 0 to 1 in ten classes (Xiao, Rasul, Vollgraf 2017), from Debian's package dataset-fashion-mnist.</summary>
internal static class FashionMnist
{
    const string Folder = "/usr/share/datasets/fashion-mnist";
    const int Pixels = 28 * 28, ImageHeader = 16, LabelHeader = 8;

    /// <summary>The first batches of the training part, which is in no order.</summary>
    public static (float[] Images, long[] Labels)[] Batches(int size, int count)
    {
        var (images, labels) = (Read("train-images-idx3-ubyte.gz", ImageHeader, count * size * Pixels), Read("train-labels-idx1-ubyte.gz", LabelHeader, count * size));
        return [.. Enumerable.Range(0, count).Select(batch => (
            Array.ConvertAll(images[(batch * size * Pixels)..((batch + 1) * size * Pixels)], pixel => pixel / 255f),
            Array.ConvertAll(labels[(batch * size)..((batch + 1) * size)], label => (long)label)))];
    }

    static byte[] Read(string name, int header, int count)
    {
        var path = Path.Combine(Folder, name);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path} is missing: apt-get install dataset-fashion-mnist");
        using var file = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        var bytes = new byte[header + count];
        file.ReadExactly(bytes);
        return bytes[header..];
    }
}
