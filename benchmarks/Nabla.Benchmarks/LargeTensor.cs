using Nabla.Checkpoints;

namespace Nabla.Benchmarks;

/// <summary>A tensor of more than 2³¹ elements, stored: computed with, reduced, saved and read. Needs 18 GB of memory and 9 GB of disk.</summary>
internal static class LargeTensor
{
    const int Rows = 54_000, Columns = 40_000;

    public static bool Holds()
    {
        var file = Path.Combine(Path.GetTempPath(), $"nabla-large-{Environment.ProcessId}.safetensors");
        var row = Tensor.From([.. Enumerable.Range(0, Columns).Select(i => i % 4f)], [Columns]);
        var x = Tensor.Ones([Rows, Columns]);
        Console.WriteLine(FormattableString.Invariant($"{x.Shape}, {x.Length:N0} elements, {x.Length * 4 / 1e9:0.0} GB"));
        x = x + row;
        var holds = Is("x + row, the last element", 4, x[^1, ^1].Item()) & Is("mean", 2.5, x.Mean().Item()) & Is("maximum", 4, x.Max().Item())
            & Is("softmax of the last row", 1, x[^1].Softmax().Sum().Item()) & Is("sum of the last column", 4 * Rows, x[.., ^1].Sum().Item());
        try
        {
            Safetensors.Save(file, new Dictionary<string, Tensor> { ["x"] = x });
            using var saved = Safetensors.Open(file);
            var last = saved["x"][^1];
            holds &= Is("saved and read, the last row", 0, (last - x[^1]).Abs().Max().Item());
        }
        finally
        {
            File.Delete(file);
        }
        return holds;
    }

    static bool Is(string what, double expected, double actual)
    {
        var holds = Math.Abs(actual - expected) <= 1e-4 * Math.Max(1, Math.Abs(expected));
        Console.WriteLine(FormattableString.Invariant($"{(holds ? "holds" : "FAILS")}  {what}: {actual:G9}, expected {expected:G9}"));
        return holds;
    }
}
