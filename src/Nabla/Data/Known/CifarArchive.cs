using System.Formats.Tar;
using System.IO.Compression;

namespace Nabla.Data;

/// <summary>
/// CIFAR-10's binary version: a tar archive, packed by gzip, with files of records; a record is a byte with the label and 3 × 32 × 32 bytes, channel by channel
/// (cs.toronto.edu/~kriz/cifar.html).
/// </summary>
internal static class CifarArchive
{
    private static readonly ImageSize Size = new(3, 32, 32);

    public static (ImageDataset Train, ImageDataset Test) Read(string path, IReadOnlyList<string> classes)
    {
        var (train, test) = (new SortedDictionary<string, byte[]>(StringComparer.Ordinal), new SortedDictionary<string, byte[]>(StringComparer.Ordinal));
        try
        {
            using var file = DataFile.OpenStored(path);
            using var archive = new TarReader(new GZipStream(file, CompressionMode.Decompress));
            while (archive.GetNextEntry() is { } entry)
            {
                var name = Path.GetFileName(entry.Name);
                if (entry.DataStream is null || !name.EndsWith(".bin", StringComparison.Ordinal)) continue;
                var records = new byte[entry.Length];
                entry.DataStream.ReadExactly(records);
                (name.StartsWith("data_batch_", StringComparison.Ordinal) ? train : test).Add(name, records);
            }
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new DataFileException(path, null, $"cannot be unpacked: {error.Message} It is damaged or cut off: fetch it again.", error);
        }
        return (Images(path, [.. train.Values], classes), Images(path, [.. test.Values], classes));
    }

    private static ImageDataset Images(string path, byte[][] files, IReadOnlyList<string> classes)
    {
        var record = 1 + Size.Length;
        if (files.Length == 0 || Array.Exists(files, file => file.Length % record != 0))
            throw new DataFileException(path, null, $"does not hold data_batch_1.bin … and test_batch.bin of records of {record} bytes each. The binary version of CIFAR-10 is needed.");
        var count = files.Sum(file => file.Length / record);
        var (pixels, labels) = (new byte[count * Size.Length], new int[count]);
        var at = 0;
        foreach (var file in files)
        {
            for (var start = 0; start < file.Length; start += record, at++)
            {
                labels[at] = file[start] < classes.Count ? file[start] : throw new DataFileException(path, null, $"image {at} has label {file[start]}; there are {classes.Count} classes. It is damaged: fetch it again.");
                file.AsSpan(start + 1, Size.Length).CopyTo(pixels.AsSpan(at * Size.Length));
            }
        }
        return ImageDataset.From(pixels, Size, labels, classes);
    }
}
