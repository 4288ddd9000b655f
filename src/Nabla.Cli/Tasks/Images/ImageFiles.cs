using System.Globalization;
using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Cli.Tasks.Images;

/// <summary>Images in one file: a table with a row of pixels and a label for each (CSV, TSV or Parquet), or IDX with its labels beside
/// it.</summary>
static class ImageFiles
{
    static readonly string[] LabelNames = ["label", "class", "target", "y"];

    public static ImageSource Open(string file)
    {
        var name = Path.GetFileName(file);
        return name.Contains("idx", StringComparison.Ordinal) && name.Contains("images", StringComparison.Ordinal) ? OfIdx(file, name)
            : OfTable(file, name);
    }

    static ImageSource OfIdx(string file, string name)
    {
        var labels = Path.Combine(Path.GetDirectoryName(file)!, name.Replace("images", "labels", StringComparison.Ordinal)
            .Replace("idx3", "idx1", StringComparison.Ordinal));
        if (!File.Exists(labels)) throw new UserException($"The labels of {file} are missing: {labels}.");
        var classes = (int)Idx.Read(labels).To(DType.Float64).Max().Item() + 1;
        var images = Idx.Images(file, labels, [.. Enumerable.Range(0, classes).Select(label => $"{label}")]);
        return new(Stem(name), Invariant($"{images.Count:n0} images of {Path.GetFullPath(file)}"), images);
    }

    static ImageSource OfTable(string file, string name)
    {
        var rows = Rows(file, name);
        if (rows.Count == 0) throw new UserException($"{file} has no rows.");
        var columns = rows[0].Columns;
        var labelAt = Enumerable.Range(0, columns.Count).Where(column =>
            LabelNames.Contains(columns[column], StringComparer.OrdinalIgnoreCase)).Append(columns.Count - 1).First();
        int[] pixelsAt = [.. Enumerable.Range(0, columns.Count).Where(column => column != labelAt)];
        var size = SizeOf(pixelsAt.Length, file);
        string[] classes = [.. rows.Select(row => row.Text(labelAt)).Distinct()
            .OrderBy(Number)
            .ThenBy(label => label, StringComparer.Ordinal)];
        var values = rows.SelectMany(row => pixelsAt.Select(row.Number)).ToArray();
        var most = values.Max() switch { <= 1 => 1.0, <= 16 => 16, _ => 255 };
        if (values.Min() < 0 || values.Max() > 255)
            throw new UserException($"{file}: pixels of {values.Min()} to {values.Max()}; 0 to 1, 16 or 255 are expected.");
        var images = ImageDataset.From(Array.ConvertAll(values, value => (byte)Math.Round(value / most * 255)), size,
            [.. rows.Select(row => Array.IndexOf(classes, row.Text(labelAt)))], classes);
        return new(Stem(name), Invariant($"{images.Count:n0} rows of {Path.GetFullPath(file)}: {pixelsAt.Length} pixels of 0–{most} ") +
            Invariant($"and the class in column {columns[labelAt]}"), images);
    }

    static List<TableRow> Rows(string file, string name)
    {
        if (name.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase)) return [.. ParquetFile.Read(file)];
        if (!name.Contains(".csv", StringComparison.OrdinalIgnoreCase) && !name.Contains(".tsv", StringComparison.OrdinalIgnoreCase))
            throw new UserException($"{file}: a table of pixels is expected (.csv, .tsv or .parquet, CSV packed by gzip or not), or " +
                "IDX (NAME-images-idx3-ubyte).");
        // A first line of nothing but numbers is an image.
        var first = Csv.Read(file, new() { HasHeader = false }).FirstOrDefault();
        var hasHeader = first is not null && Enumerable.Range(0, first.Columns.Count)
            .Any(column => !double.TryParse(first.Text(column), NumberStyles.Float, CultureInfo.InvariantCulture, out _));
        return [.. Csv.Read(file, new() { HasHeader = hasHeader })];
    }

    static ImageSize SizeOf(int pixels, string file)
    {
        foreach (var channels in new[] { 1, 3 })
            if ((int)Math.Sqrt(pixels / channels) is var side && side * side * channels == pixels) return new(channels, side, side);
        throw new UserException($"{file}: {pixels} pixels in a row are no square image, grey or colour. A row holds the pixels of one " +
            "image and its class.");
    }

    /// <summary>Classes that are numbers are in the order of the numbers, before the others.</summary>
    static double Number(string label) =>
        double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.MaxValue;

    static string Stem(string name) => name.Split('.')[0];
}
