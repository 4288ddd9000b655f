using System.Globalization;

namespace Nabla.Benchmarks.Workloads;

/// <summary>1,797 handwritten digits of 8 × 8 pixels, 0 to 1, in an order drawn once.</summary>
internal static class Digits
{
    public const int Pixels = 64, Classes = 10;

    public static (float[] Images, long[] Labels)[] Batches(int size)
    {
        var rows = Read().ToArray();
        new Random(1).Shuffle(rows);
        return [.. rows.Chunk(size).Where(batch => batch.Length == size).Select(batch => (batch.SelectMany(row => row.Image).ToArray(), batch.Select(row => row.Label).ToArray()))];
    }

    static IEnumerable<(float[] Image, long Label)> Read()
    {
        foreach (var line in Embedded.Read("digits.csv.gz").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var values = line.Split(',').Select(value => float.Parse(value, CultureInfo.InvariantCulture)).ToArray();
            yield return ([.. values[..Pixels].Select(value => value / 16)], (long)values[Pixels]);
        }
    }
}
