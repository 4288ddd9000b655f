using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Nabla.Tests;

/// <summary>
/// Values that other systems computed in float64: the cases of tests/reference (see its README). Read by a few lines of the tests' own, apart from the
/// library.
/// </summary>
static class Reference
{
    static readonly ConcurrentDictionary<string, Dictionary<string, ReferenceCase>> Groups = new();

    /// <summary>One case of a group: ops, layers, optimizers, metrics or bert.</summary>
    public static ReferenceCase Case(string group, string name) => Groups.GetOrAdd(group, Read)[name];

    /// <summary>The cases of a group in the order of its file.</summary>
    public static IEnumerable<ReferenceCase> Cases(string group) => Groups.GetOrAdd(group, Read).Values;

    /// <summary>The largest |actual − expected| ÷ max(1, max|expected|). The bound for float32 is 1e-4.</summary>
    public static double Error(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        var (wanted, got) = (expected.To(DType.Float64).ToArray<double>(), actual.To(DType.Float64).ToArray<double>());
        var (error, scale) = (0.0, 1.0);
        for (var i = 0; i < wanted.Length; i++)
        {
            var difference = wanted[i].Equals(got[i]) ? 0 : Math.Abs(wanted[i] - got[i]);
            error = Math.Max(error, difference);
            if (double.IsFinite(wanted[i])) scale = Math.Max(scale, Math.Abs(wanted[i]));
        }
        return error / scale;
    }

    /// <summary>Fails unless the two agree within <paramref name="tolerance"/> · max(1, max|expected|).</summary>
    public static void AssertClose(Tensor expected, Tensor actual, string what = "", double tolerance = 1e-4)
    {
        var error = Error(expected, actual);
        Assert.True(error <= tolerance, $"{what}: off by {error:0.0e+0} where {tolerance:0.0e+0} is allowed");
    }

    static Dictionary<string, ReferenceCase> Read(string group)
    {
        var stem = Path.Combine(AppContext.BaseDirectory, "reference", group);
        var tensors = Tensors(stem + ".safetensors");
        using var json = JsonDocument.Parse(File.ReadAllBytes(stem + ".json"));
        return json.RootElement.EnumerateObject().ToDictionary(c => c.Name, c => new ReferenceCase(c.Name, c.Value.Clone(), tensors));
    }

    /// <summary>Every tensor of a safetensors file: eight bytes of header length, the header in JSON, the data.</summary>
    public static Dictionary<string, Tensor> Tensors(string file)
    {
        var bytes = File.ReadAllBytes(file);
        var data = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, data - 8));
        return header.RootElement.EnumerateObject().Where(entry => entry.Name != "__metadata__").ToDictionary(entry => entry.Name, entry =>
        {
            var (start, end) = (entry.Value.GetProperty("data_offsets")[0].GetInt32(), entry.Value.GetProperty("data_offsets")[1].GetInt32());
            var shape = Shape.Create([.. entry.Value.GetProperty("shape").EnumerateArray().Select(dim => dim.GetInt32())]);
            var part = bytes.AsSpan(data + start, end - start);
            return entry.Value.GetProperty("dtype").GetString() switch
            {
                "F32" => Tensor.From(MemoryMarshal.Cast<byte, float>(part), shape),
                "F64" => Tensor.From(MemoryMarshal.Cast<byte, double>(part), shape),
                "I64" => Tensor.From(MemoryMarshal.Cast<byte, long>(part), shape),
                var other => throw new NotSupportedException($"{entry.Name}: {other}"),
            };
        });
    }
}

/// <summary>One case: its op, attributes and tensors.</summary>
sealed class ReferenceCase(string name, JsonElement description, Dictionary<string, Tensor> tensors)
{
    public string Name => name;

    public string Op => description.GetProperty("op").GetString()!;

    public JsonElement Attributes => description.GetProperty("attributes");

    public IEnumerable<string> Inputs => Names("inputs");

    public IEnumerable<string> Outputs => Names("outputs");

    public IEnumerable<string> Parameters => Names("parameters");

    /// <summary>A tensor of the case: an input, an output, <c>param.NAME</c>, <c>upstream.NAME</c>, <c>grad.NAME</c>, <c>grad.param.NAME</c>.</summary>
    public Tensor this[string tensor] => tensors[$"{name}/{tensor}"];

    public bool Has(string tensor) => tensors.ContainsKey($"{name}/{tensor}");

    /// <summary>A number among the attributes, or what it is when it is not named.</summary>
    public double Number(string attribute, double otherwise = 0) => Attributes.TryGetProperty(attribute, out var value) ? value.GetDouble() : otherwise;

    public bool Flag(string attribute) => Attributes.TryGetProperty(attribute, out var value) && value.GetBoolean();

    IEnumerable<string> Names(string property) => description.GetProperty(property).EnumerateArray().Select(item => item.GetString()!);

    public override string ToString() => name;
}
