using System.Text.Json.Nodes;
using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints;

/// <summary>Whatever the bytes, a file reads or is refused by a CheckpointException: no other exception, no crash, no huge allocation.</summary>
public sealed class FuzzTests : IDisposable
{
    static readonly string[] Types = ["F32", "F64", "I64", "I32", "BOOL", "F16", "BF16", "U8", "I8", "I16", "U16", "U32", "U64", "C64", "F8_E4M3", "F4", "f32", "", "F33"];
    static readonly long[] Numbers = [0, 1, 2, 3, 4, 8, 24, 63, 64, 65, -1, int.MaxValue, int.MaxValue + 1L, long.MaxValue, long.MaxValue - 1, long.MinValue];

    readonly ScratchFolder scratch = new();
    readonly Random random = new(20240817);
    readonly byte[] seed;

    public FuzzTests()
    {
        Safetensors.Save(scratch["seed"], new Dictionary<string, Tensor>
        {
            ["a.weight"] = Tensor.Ones([2, 3]),
            ["a.bias"] = Tensor.Ones([3], DType.Float64),
            ["ids"] = Tensor.Arange(4, DType.Int64),
            ["mask"] = Tensor.Ones([5], DType.Bool),
            ["empty"] = Tensor.Zeros([0]),
            ["scalar"] = Tensor.Scalar(1, DType.Int32),
        }, new Dictionary<string, string> { ["format"] = "pt" });
        seed = File.ReadAllBytes(scratch["seed"]);
    }

    public void Dispose() => scratch.Dispose();

    /// <summary>Whether it was read; everything that it says must then hold together.</summary>
    bool Reads(byte[] bytes)
    {
        var path = scratch["mutant"];
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using var file = Safetensors.Open(path);
            foreach (var stored in file.Tensors.Where(stored => stored.DType is not null))
            {
                var x = file[stored.Name];
                Assert.Equal((stored.Shape, stored.DType), (x.Shape, x.DType));
                Assert.True(stored.Bytes <= bytes.Length);
                x.To(DType.Float64).Sum().Item();
            }
            Assert.Equal(bytes.Length, 8 + BitConverter.ToInt64(bytes) + file.Tensors.Sum(stored => stored.Bytes));
            return true;
        }
        catch (CheckpointException error)
        {
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            return false;
        }
        finally
        {
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
        }
    }

    [Fact]
    public void Flipped_bytes_are_read_or_refused()
    {
        var read = 0;
        for (var i = 0; i < 4000; i++)
        {
            var bytes = seed.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (Reads(bytes)) read++;
        }
        Assert.InRange(read, 100, 3900);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        for (var length = 0; length < seed.Length; length++) Assert.False(Reads(seed[..length]), $"{length} bytes");
        Assert.True(Reads(seed));
    }

    [Fact]
    public void Inserted_removed_and_doubled_stretches_are_read_or_refused()
    {
        for (var i = 0; i < 2000; i++)
        {
            var (at, count) = (random.Next(seed.Length), random.Next(1, 40));
            var end = Math.Min(seed.Length, at + count);
            var noise = new byte[count];
            random.NextBytes(noise);
            Reads((i % 3) switch { 0 => [.. seed[..at], .. noise, .. seed[at..]], 1 => [.. seed[..at], .. seed[end..]], _ => [.. seed[..end], .. seed[at..]] });
        }
    }

    [Fact]
    public void Changed_header_values_are_read_or_refused()
    {
        var read = 0;
        for (var i = 0; i < 4000; i++)
        {
            var (header, data) = PlainSafetensors.Read(seed);
            for (var changes = random.Next(1, 4); changes > 0; changes--) Change(header);
            if (Reads(PlainSafetensors.Write(header.ToJsonString(), data))) read++;
        }
        Assert.InRange(read, 10, 3900);
    }

    void Change(JsonObject header)
    {
        var name = Pick([.. header.Select(pair => pair.Key)]);
        if (header[name] is not JsonObject entry || name == "__metadata__")
        {
            header[name] = Anything();
            return;
        }
        switch (random.Next(6))
        {
            case 0: entry["dtype"] = Pick(Types); break;
            case 1: entry["shape"] = List(random.Next(6)); break;
            case 2: entry["data_offsets"] = List(2); break;
            case 3: header.Remove(name); break;
            case 4: header[Pick(["a.bias", "__metadata__", "", "new"])] = entry.DeepClone(); break;
            default: entry[Pick(["dtype", "shape", "data_offsets", "more"])] = Anything(); break;
        }
    }

    T Pick<T>(T[] from) => from[random.Next(from.Length)];

    JsonArray List(int count) => [.. Enumerable.Range(0, count).Select(_ => JsonValue.Create(Pick(Numbers)))];

    JsonNode? Anything() => random.Next(6) switch
    {
        0 => null,
        1 => JsonValue.Create(Pick(Numbers)),
        2 => JsonValue.Create(random.NextDouble() * 1e300),
        3 => new JsonObject { ["a"] = List(3) },
        4 => JsonValue.Create("\u0000\uffff"),
        _ => List(random.Next(4)),
    };
}
