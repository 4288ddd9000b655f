using System.Text;
using Nabla.Data;
using StbImageWriteSharp;

namespace Nabla.Cli.Datasets;

/// <summary>Images to look at: in the terminal, and on a contact sheet.</summary>
static class Pictures
{
    const int Columns = 16, Gap = 4;
    const byte Paper = 24;

    /// <summary>Images beside each other as lines of half blocks, two rows of pixels to a line: <c>[rgb(…) on rgb(…)]▀[/]</c>.</summary>
    public static IEnumerable<string> Blocks(IReadOnlyList<Example> images, int side, int perLine)
    {
        var size = ImageSize.Of(images[0].Image.Shape) with { Height = side, Width = side };
        var pixels = Dataset.From(images).Transform(new Resize(side, side)).Select(example => example.Image.ToArray<float>()).ToArray();
        foreach (var group in pixels.Chunk(perLine))
        {
            for (var row = 0; row < side; row += 2)
            {
                var line = new StringBuilder("  ");
                foreach (var image in group)
                {
                    for (var column = 0; column < side; column++) line.Append($"[{Colour(image, size, row, column)} on {Colour(image, size, row + 1, column)}]▀[/]");
                    line.Append("  ");
                }
                yield return line.ToString();
            }
            yield return "";
        }
    }

    /// <summary>A PNG with a row of images for each class.</summary>
    public static void WriteSheet(string path, ImageDataset images)
    {
        var rows = Enumerable.Range(0, images.Classes.Count).Select(label => OfClass(images, label, Columns)).Where(row => row.Length > 0).ToArray();
        var scale = Math.Max(1, 64 / images.Size.Height);
        var (cellWidth, cellHeight) = ((images.Size.Width * scale) + Gap, (images.Size.Height * scale) + Gap);
        var (width, height) = ((Columns * cellWidth) + Gap, (rows.Length * cellHeight) + Gap);
        var sheet = new byte[width * height * 3];
        Array.Fill(sheet, Paper);
        for (var row = 0; row < rows.Length; row++)
        {
            for (var column = 0; column < rows[row].Length; column++)
                Place(images, rows[row][column], sheet.AsSpan(((((row * cellHeight) + Gap) * width) + (column * cellWidth) + Gap) * 3), width, scale);
        }
        using var file = File.Create(path);
        new ImageWriter().WritePng(sheet, width, height, ColorComponents.RedGreenBlue, file);
    }

    /// <summary>The first images of a class.</summary>
    public static int[] OfClass(ImageDataset images, int label, int count)
    {
        var labels = images.Labels.ToArray();
        return [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] == label).Take(count)];
    }

    static void Place(ImageDataset images, int index, Span<byte> at, int width, int scale)
    {
        var size = images.Size;
        var values = new float[size.Length];
        images.Read(index, values);
        for (var y = 0; y < size.Height * scale; y++)
        {
            for (var x = 0; x < size.Width * scale; x++)
            {
                for (var channel = 0; channel < 3; channel++) at[(((y * width) + x) * 3) + channel] = Byte(values, size, Math.Min(channel, size.Channels - 1), y / scale, x / scale);
            }
        }
    }

    static string Colour(float[] image, ImageSize size, int row, int column) => size.Channels == 1
        ? $"rgb({Byte(image, size, 0, row, column)},{Byte(image, size, 0, row, column)},{Byte(image, size, 0, row, column)})"
        : $"rgb({Byte(image, size, 0, row, column)},{Byte(image, size, 1, row, column)},{Byte(image, size, 2, row, column)})";

    static byte Byte(float[] image, ImageSize size, int channel, int row, int column) => (byte)Math.Clamp(Math.Round(image[(channel * size.Area) + (row * size.Width) + column] * 255), 0, 255);
}
