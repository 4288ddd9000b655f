using System.Buffers.Binary;
using MetadataExtractor;
using MetadataExtractor.Formats.Exif;
using MetadataExtractor.Formats.Jpeg;
using Nabla.Data;
using StbImageSharp;

namespace Nabla.Formats;

/// <summary>How an image of one shape comes into another.</summary>
public enum ImageFit
{
    /// <summary>It is scaled until it covers the shape, and its middle is cut out: proportions stay.</summary>
    Cover,

    /// <summary>It is scaled along each side by itself: all of it stays.</summary>
    Stretch,
}

/// <summary>Image files: JPEG, PNG, BMP, GIF (the first picture), TGA and PSD.</summary>
public static class ImageFile
{
    private static readonly string[] Endings = [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".tga", ".psd"];

    /// <summary>Whether the file's name ends as that of an image does.</summary>
    public static bool IsImage(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The image upright, as its EXIF orientation says, in its own size.</summary>
    /// <param name="path">The file.</param>
    /// <param name="channels">1 for grey, 3 for red, green, blue.</param>
    /// <returns>Float32 [channels, height, width] of 0–1.</returns>
    /// <exception cref="DataFileException">There is no such file, or it is not an image that can be read.</exception>
    public static Tensor Read(string path, int channels = 3)
    {
        var image = Decoded.Of(path, channels);
        var values = new float[image.Size.Length];
        for (var channel = 0; channel < channels; channel++) image.Plane(channel).CopyTo(values, channel * image.Size.Area);
        return Tensor.From(values, image.Size.Shape);
    }

    /// <summary>The image upright, as its EXIF orientation says, brought to a size.</summary>
    /// <param name="path">The file.</param>
    /// <param name="size">What it is brought to; 1 channel: grey, 3: red, green, blue.</param>
    /// <param name="fit">How.</param>
    /// <returns>Float32 [channels, height, width] of 0–1.</returns>
    /// <exception cref="DataFileException">There is no such file, or it is not an image that can be read.</exception>
    public static Tensor Read(string path, ImageSize size, ImageFit fit = ImageFit.Cover)
    {
        var values = new float[size.Length];
        Read(path, size, fit, values);
        return Tensor.From(values, size.Shape);
    }

    /// <summary>Writes the image upright and in another size.</summary>
    internal static void Read(string path, ImageSize size, ImageFit fit, Span<float> target)
    {
        var image = Decoded.Of(path, size.Channels);
        var (whole, window) = (image.Size, Window(image.Size, size, fit));
        var part = new float[window.Height * window.Width];
        var (top, left) = ((whole.Height - window.Height) / 2, (whole.Width - window.Width) / 2);
        var resize = new Resize(size.Height, size.Width);
        for (var channel = 0; channel < size.Channels; channel++)
        {
            var plane = image.Plane(channel).AsSpan();
            for (var row = 0; row < window.Height; row++) plane.Slice(((top + row) * whole.Width) + left, window.Width).CopyTo(part.AsSpan(row * window.Width));
            resize.Apply(part, target.Slice(channel * size.Area, size.Area), window, Generator.Default);
        }
    }

    /// <summary>The part of an image that is wanted: all, or the largest window of the wanted proportions.</summary>
    private static ImageSize Window(ImageSize image, ImageSize wanted, ImageFit fit)
    {
        if (fit == ImageFit.Stretch) return image with { Channels = 1 };
        var scale = Math.Min(image.Height / (double)wanted.Height, image.Width / (double)wanted.Width);
        return new(1, Math.Clamp((int)Math.Round(wanted.Height * scale), 1, image.Height), Math.Clamp((int)Math.Round(wanted.Width * scale), 1, image.Width));
    }

    /// <summary>A decoded image: bytes pixel by pixel as they are stored, and how to turn them upright.</summary>
    private sealed class Decoded(ImageResult stored, int channels, int orientation)
    {
        /// <summary>From 5 on the rows are the columns of what is stored (EXIF 2.3, tag 274).</summary>
        private bool IsTurned => orientation >= 5;

        public ImageSize Size => IsTurned ? new(channels, stored.Width, stored.Height) : new(channels, stored.Height, stored.Width);

        public static Decoded Of(string path, int channels)
        {
            if (channels is not (1 or 3)) throw new ArgumentOutOfRangeException(nameof(channels), $"ImageFile: {channels} channels: 1 for grey or 3 for red, green, blue is needed.");
            var bytes = Bytes(path);
            if (IsCutOff(bytes)) throw new DataFileException(path, null, "is not an image that can be read (it is cut off). Fetch it again or remove it, or let Unreadable.Skip leave it out.");
            try
            {
                var stored = ImageResult.FromMemory(bytes, channels == 1 ? ColorComponents.Grey : ColorComponents.RedGreenBlue);
                return new(stored, channels, Orientation(bytes));
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                throw new DataFileException(path, null, $"is not an image that can be read ({error.Message}). Repair or remove it, or let Unreadable.Skip leave it out.", error);
            }
        }

        /// <summary>The values of one channel, upright, 0–1.</summary>
        public float[] Plane(int channel)
        {
            var (height, width) = (Size.Height, Size.Width);
            var plane = new float[height * width];
            // Where the first pixel upright is in what is stored, and the steps from there to the right and down.
            var (right, down) = IsTurned ? (stored.Width, 1) : (1, stored.Width);
            var (lastRight, lastDown) = (right * (width - 1), down * (height - 1));
            var (mirrored, inverted) = (orientation is 2 or 3 or 6 or 7, orientation is 3 or 4 or 7 or 8);
            for (var (row, i) = (0, 0); row < height; row++)
            {
                var at = inverted ? lastDown - (row * down) : row * down;
                for (var column = 0; column < width; column++, i++)
                    plane[i] = stored.Data[((at + (mirrored ? lastRight - (column * right) : column * right)) * channels) + channel] / 255f;
            }
            return plane;
        }

        private static byte[] Bytes(string path)
        {
            using var file = DataFile.OpenRead(path);
            using var memory = new MemoryStream();
            file.CopyTo(memory);
            return memory.ToArray();
        }

        /// <summary>
        /// Whether the end is missing, which the decoder makes up in grey without a word: a JPEG has its end marker behind its last scan, a GIF ends with its trailer, a BMP says
        /// its length. PNG is packed with a checksum, which the decoder minds.
        /// </summary>
        private static bool IsCutOff(ReadOnlySpan<byte> bytes) => bytes switch
        {
            [0xFF, 0xD8, ..] => bytes.LastIndexOf<byte>([0xFF, 0xD9]) < bytes.LastIndexOf<byte>([0xFF, 0xDA]),
            [(byte)'G', (byte)'I', (byte)'F', ..] => bytes.TrimEnd((byte)0) is not [.., 0x3B],
            [(byte)'B', (byte)'M', _, _, _, _, ..] => BinaryPrimitives.ReadUInt32LittleEndian(bytes[2..]) > bytes.Length,
            _ => false,
        };

        /// <summary>1 to 8; 1, upright, where the file does not say, or says it in a way that cannot be read.</summary>
        private static int Orientation(byte[] bytes)
        {
            if (bytes is not [0xFF, 0xD8, ..]) return 1;
            try
            {
                var exif = JpegMetadataReader.ReadMetadata(new MemoryStream(bytes), [new ExifReader()]).OfType<ExifIfd0Directory>().FirstOrDefault();
                return exif is not null && exif.TryGetInt32(ExifDirectoryBase.TagOrientation, out var said) && said is >= 1 and <= 8 ? said : 1;
            }
            catch (Exception error) when (error is MetadataException or ImageProcessingException or IOException)
            {
                return 1;
            }
        }
    }
}
