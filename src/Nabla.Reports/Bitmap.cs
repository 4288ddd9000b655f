using System.Buffers.Binary;

namespace Nabla.Reports;

/// <summary>A picture as a file in a page: Windows' bitmap format, which every browser shows and which needs no compression.</summary>
internal static class Bitmap
{
    private const int HeaderBytes = 54;

    /// <summary>The picture as a <c>data:</c> address. image: [channels, height, width] of 0 … 1; of one channel grey, of three red, green, blue.</summary>
    public static string Address(Tensor image)
    {
        var (channels, height, width) = (image.Shape[0], image.Shape[1], image.Shape[2]);
        if (channels is not (1 or 3)) throw new ArgumentException($"Bitmap: image {image.Shape}: 1 or 3 channels are needed.");
        var stride = ((width * 3) + 3) / 4 * 4;
        var file = new byte[HeaderBytes + (stride * height)];
        Header(file, width, height);
        var pixels = image.To(DType.Float32).ToArray<float>();
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                for (var channel = 0; channel < 3; channel++)
                {
                    // Blue first.
                    var value = pixels[(((channels == 3 ? 2 - channel : 0) * height) + y) * width + x];
                    file[HeaderBytes + (y * stride) + (x * 3) + channel] = (byte)Math.Round(Math.Clamp(value, 0, 1) * 255);
                }
        return $"data:image/bmp;base64,{Convert.ToBase64String(file)}";
    }

    private static void Header(Span<byte> file, int width, int height)
    {
        "BM"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file[2..], file.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file[10..], HeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(file[14..], 40);
        BinaryPrimitives.WriteInt32LittleEndian(file[18..], width);
        // Negative: the first row is the top one.
        BinaryPrimitives.WriteInt32LittleEndian(file[22..], -height);
        BinaryPrimitives.WriteInt16LittleEndian(file[26..], 1);
        BinaryPrimitives.WriteInt16LittleEndian(file[28..], 24);
    }
}
