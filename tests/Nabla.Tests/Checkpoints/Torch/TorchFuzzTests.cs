using Nabla.Checkpoints;

namespace Nabla.Tests.Checkpoints.Torch;

/// <summary>
/// Whatever the bytes, a file reads or is refused by a CheckpointException: no other exception, no crash, no huge allocation.
/// </summary>
public sealed class TorchFuzzTests : IDisposable
{
    const int Mutants = 1500;

    readonly ScratchFolder scratch = new();
    readonly Random random = new(20240819);

    public void Dispose() => scratch.Dispose();

    public static TheoryData<string> Seeds =>
        ["torch/zip.bin", "torch/legacy.bin", "torch/protocol4.bin", "torch/training.bin", "emulated/torch2.bin"];

    /// <summary>Whether it was read; everything that it says must then hold together.</summary>
    bool Reads(byte[] bytes)
    {
        var path = scratch["mutant"];
        File.WriteAllBytes(path, bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using var file = Weights.Open(path);
            foreach (var stored in file.Tensors.Where(stored => stored.DType is not null))
            {
                Assert.True(stored.Bytes <= bytes.Length);
                var x = file[stored.Name];
                Assert.Equal((stored.Shape, stored.DType), (x.Shape, x.DType));
                x.To(DType.Float64).Sum().Item();
            }
            return true;
        }
        catch (CheckpointException error)
        {
            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            return false;
        }
        finally
        {
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 21);
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Flipped_bytes_are_read_or_refused(string name)
    {
        var (seed, read) = (CheckpointFixtures.Read(name), 0);
        for (var i = 0; i < Mutants; i++)
        {
            var bytes = seed.ToArray();
            for (var flips = random.Next(1, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (Reads(bytes)) read++;
        }
        Assert.InRange(read, Mutants / 30, Mutants - (Mutants / 30));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Extreme_numbers_anywhere_are_read_or_refused(string name)
    {
        var seed = CheckpointFixtures.Read(name);
        long[] numbers =
            [0, 1, -1, 255, 256, short.MaxValue, ushort.MaxValue, int.MaxValue, uint.MaxValue, 1L << 32, long.MaxValue, long.MinValue];
        for (var i = 0; i < Mutants; i++)
        {
            var bytes = seed.ToArray();
            var size = 1 << random.Next(4);
            BitConverter.GetBytes(numbers[random.Next(numbers.Length)]).AsSpan(0, size)
                .CopyTo(bytes.AsSpan(random.Next(bytes.Length - size)));
            Reads(bytes);
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Inserted_removed_and_doubled_segments_are_read_or_refused(string name)
    {
        var seed = CheckpointFixtures.Read(name);
        for (var i = 0; i < Mutants / 2; i++)
        {
            var (at, count) = (random.Next(seed.Length), random.Next(1, 40));
            var end = Math.Min(seed.Length, at + count);
            var noise = new byte[count];
            random.NextBytes(noise);
            Reads((i % 3) switch
            {
                0 => [.. seed[..at], .. noise, .. seed[at..]],
                1 => [.. seed[..at], .. seed[end..]],
                _ => [.. seed[..end], .. seed[at..]],
            });
        }
    }

    [Theory]
    [InlineData("torch/protocol4.bin"), InlineData("torch/legacy4.bin")]
    public void Every_truncation_is_refused(string name)
    {
        var seed = CheckpointFixtures.Read(name);
        for (var length = 0; length < seed.Length; length++) Assert.False(Reads(seed[..length]), $"{length} bytes");
        Assert.True(Reads(seed));
    }

    /// <summary>Opcodes and their arguments in random order: most are refused, none does harm.</summary>
    [Fact]
    public void Random_programs_are_read_or_refused()
    {
        byte[][] parts =
        [
            .. "(.N)]}taesuRbQ".Select(opcode => (byte[])[(byte)opcode]), [0x85], [0x86], [0x87], [0x88], [0x93], [0x94],
            [(byte)'q', 0], [(byte)'h', 0], [(byte)'q', 1], [(byte)'h', 1], [(byte)'K', 3], [(byte)'J', 255, 255, 255, 255],
            PlainPickle.Text("x"), PlainPickle.Text("storage"), PlainPickle.EmptyOrderedDict, PlainPickle.Storage("FloatStorage", "0", 6),
            PlainPickle.Tensor(PlainPickle.Storage("FloatStorage", "0", 6), 0, [2, 3], [3, 1]),
            PlainPickle.Global("torch._utils", "_rebuild_tensor_v2"), PlainPickle.Global("torch", "Size"),
            PlainPickle.Global("torch", "FloatStorage"),
        ];
        var read = 0;
        for (var i = 0; i < 4 * Mutants; i++)
        {
            var program = Enumerable.Range(0, random.Next(1, 12)).Select(_ => parts[random.Next(parts.Length)]).ToArray();
            var pickle = PlainPickle.Of(random.Next(2) == 0 ? program : [PlainPickle.Dict(("w", [.. program.SelectMany(part => part)]))]);
            if (Reads(PlainZip.Write(("a/data.pkl", pickle), ("a/data/0", new byte[24])))) read++;
        }
        Assert.InRange(read, Mutants / 30, Mutants * 3);
    }
}
