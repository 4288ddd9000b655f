using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Nabla.Data;

/// <summary>
/// IDX files, the format of MNIST and its kin: two zero bytes, the type of the elements, the number of dimensions, the dimensions and the elements, all of them big-endian
/// (Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits"). Packed by gzip or not.
/// </summary>
public static class Idx
{
    /// <summary>All elements: integers as Int32, floats as Float32, doubles as Float64.</summary>
    /// <exception cref="DataFileException">There is no such file, it is not IDX, or it ends early or late.</exception>
    public static Tensor Read(string path)
    {
        using var file = Open(path);
        var result = file.Take(file.Shape);
        file.DemandEnd();
        return result;
    }

    /// <summary>The parts along the first axis, one after another, read as they are wanted. A position is a number; in a file that is not packed it is gone to at once.</summary>
    /// <exception cref="DataFileException">There is no such file, or it is not IDX.</exception>
    public static Pipeline<Tensor> Items(string path)
    {
        using var file = Open(path);
        return file.Shape.Rank > 0 ? Pipeline.From(start => Parts(path, start), file.Shape[0])
            : throw new DataFileException(path, null, "holds a single number, which has no parts. Read it whole: Idx.Read(path).");
    }

    /// <summary>The images of one file with the labels of another.</summary>
    /// <param name="images">Bytes [images, height, width] or [images, channels, height, width].</param>
    /// <param name="labels">Bytes [images].</param>
    /// <param name="classes">What the classes are called.</param>
    /// <exception cref="DataFileException">A file cannot be read, or the two do not fit.</exception>
    public static ImageDataset Images(string images, string labels, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(classes);
        var (shape, pixels) = Bytes(images);
        var (count, numbers) = Bytes(labels);
        if (shape.Rank is not (3 or 4)) throw new DataFileException(images, null, $"has shape {shape}; images are [images, height, width] or [images, channels, height, width].");
        if (count.Rank != 1 || count[0] != shape[0]) throw new DataFileException(labels, null, $"has shape {count}; one label for each of the {shape[0]} images of {images} is needed. Name the files that belong together.");
        var stray = Array.FindIndex(numbers, label => label >= classes.Count);
        if (stray >= 0) throw new DataFileException(labels, null, $"label {numbers[stray]} of image {stray} has no name: there are {classes.Count} classes. Name them all.");
        var size = shape.Rank == 3 ? new ImageSize(1, shape[1], shape[2]) : new ImageSize(shape[1], shape[2], shape[3]);
        return ImageDataset.From(pixels, size, Array.ConvertAll(numbers, label => (int)label), classes);
    }

    private static (Shape Shape, byte[] Values) Bytes(string path)
    {
        using var file = Open(path);
        if (file.Type != ElementType.Byte) throw new DataFileException(path, null, $"holds elements of type 0x{(int)file.Type:X2}; bytes (0x08) are needed here. Read it by Idx.Read(path).");
        var values = file.Raw(file.Shape.Length);
        file.DemandEnd();
        return (file.Shape, values);
    }

    private static IEnumerable<Tensor> Parts(string path, long start)
    {
        using var file = Open(path);
        var shape = file.Shape[1..];
        file.Pass(start * shape.Length);
        for (var i = start; i < file.Shape[0]; i++) yield return file.Take(shape);
        file.DemandEnd();
    }

    private static IdxFile Open(string path) => new(path);

    private enum ElementType
    {
        Byte = 0x08, SignedByte = 0x09, Short = 0x0B, Int = 0x0C, Float = 0x0D, Double = 0x0E,
    }

    /// <summary>An open file behind its header.</summary>
    private sealed class IdxFile : IDisposable
    {
        private readonly string path;
        private readonly Stream stream;

        public IdxFile(string path)
        {
            (this.path, stream) = (path, DataFile.OpenRead(path));
            try
            {
                (Type, Shape) = Header();
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }

        public ElementType Type { get; }

        public Shape Shape { get; }

        private int ElementSize => Type switch { ElementType.Byte or ElementType.SignedByte => 1, ElementType.Short => 2, ElementType.Double => 8, _ => 4 };

        public void Dispose() => stream.Dispose();

        public byte[] Raw(long elements)
        {
            if (elements * ElementSize > Array.MaxLength) throw new DataFileException(path, null, $"{elements} elements at once are more than fit an array. Read them part by part: Idx.Items(path).");
            var bytes = GC.AllocateUninitializedArray<byte>((int)elements * ElementSize);
            Fill(bytes);
            return bytes;
        }

        public Tensor Take(Shape shape)
        {
            var bytes = Raw(shape.Length);
            return Type switch
            {
                ElementType.Byte => Tensor.From(Array.ConvertAll(bytes, value => (int)value), shape),
                ElementType.SignedByte => Tensor.From(Array.ConvertAll(bytes, value => (int)(sbyte)value), shape),
                ElementType.Short => Tensor.From(Array.ConvertAll(Swapped<short>(bytes, BinaryPrimitives.ReverseEndianness), value => (int)value), shape),
                ElementType.Int => Tensor.From(Swapped<int>(bytes, BinaryPrimitives.ReverseEndianness), shape),
                ElementType.Float => Tensor.From(MemoryMarshal.Cast<int, float>(Swapped<int>(bytes, BinaryPrimitives.ReverseEndianness)), shape),
                _ => Tensor.From(MemoryMarshal.Cast<long, double>(Swapped<long>(bytes, BinaryPrimitives.ReverseEndianness)), shape),
            };
        }

        public void Pass(long elements)
        {
            var bytes = elements * ElementSize;
            if (stream.CanSeek)
            {
                stream.Seek(bytes, SeekOrigin.Current);
                return;
            }
            var buffer = new byte[Math.Min(bytes, 1 << 16)];
            for (; bytes > 0; bytes -= buffer.Length) Fill(buffer.AsSpan(0, (int)Math.Min(bytes, buffer.Length)));
        }

        public void DemandEnd()
        {
            if (Guarded(stream.ReadByte) >= 0) throw new DataFileException(path, null, $"goes on after the elements of shape {Shape} that its header says. It is damaged, or not IDX: fetch it again.");
        }

        private (ElementType, Shape) Header()
        {
            var head = new byte[4];
            Fill(head);
            if (head[0] != 0 || head[1] != 0 || !Enum.IsDefined((ElementType)head[2]))
                throw new DataFileException(path, null, $"begins with {Convert.ToHexString(head)}; an IDX file begins with 0000, a type of 08, 09, 0B, 0C, 0D or 0E, and the number of dimensions.");
            var lengths = new byte[4 * head[3]];
            Fill(lengths);
            var dims = Swapped<int>(lengths, BinaryPrimitives.ReverseEndianness);
            try
            {
                return ((ElementType)head[2], Shape.Create(dims));
            }
            catch (ArgumentException error)
            {
                throw new DataFileException(path, null, $"its header says {error.Message} It is damaged: fetch it again.", error);
            }
        }

        private void Fill(Span<byte> bytes)
        {
            try
            {
                stream.ReadExactly(bytes);
            }
            catch (EndOfStreamException error)
            {
                throw new DataFileException(path, null, "ends before all elements that its header says. It is cut off: fetch it again.", error);
            }
            catch (InvalidDataException error)
            {
                throw Damaged(error);
            }
        }

        private int Guarded(Func<int> read)
        {
            try
            {
                return read();
            }
            catch (InvalidDataException error)
            {
                throw Damaged(error);
            }
        }

        private DataFileException Damaged(Exception error) => new(path, null, $"cannot be unpacked: {error.Message} It is damaged: fetch it again.", error);

        private static T[] Swapped<T>(byte[] bytes, Func<T, T> reverse) where T : unmanaged
        {
            var values = MemoryMarshal.Cast<byte, T>(bytes).ToArray();
            return BitConverter.IsLittleEndian ? Array.ConvertAll(values, value => reverse(value)) : values;
        }
    }
}
