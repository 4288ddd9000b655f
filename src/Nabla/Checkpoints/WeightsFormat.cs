using System.Buffers.Binary;
using Nabla.Checkpoints.Torch;

namespace Nabla.Checkpoints;

/// <summary>Recognises the format of a file of weights by its first bytes.</summary>
internal static unsafe class WeightsFormat
{
    /// <summary>The opcode that pickles of protocol 2 and later begin with.</summary>
    private const byte PickleStart = (byte)PickleOpcode.Proto;

    /// <exception cref="CheckpointException">The file is of no format that is read here, or damaged.</exception>
    public static Weights Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            byte[] start;
            using (var lease = file.Acquire()) start = new ReadOnlySpan<byte>(lease.Start, (int)Math.Min(file.Length, 9)).ToArray();
            if (start.AsSpan().StartsWith("PK"u8) || IsPickle(start)) return new TorchFile(file);
            // A header of at most 100 MB leaves the upper bytes of its length 0.
            if (BinaryPrimitives.ReadUInt64LittleEndian(start) <= SafetensorsHeader.MaxBytes) return new Safetensors(file);
            throw new CheckpointException(path, null, Refusal(start));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The ninth byte of a safetensors file is the one that its header begins with.</summary>
    private static bool IsPickle(ReadOnlySpan<byte> start) =>
        start is [PickleStart, >= 2 and <= 5, ..] and not [_, _, _, _, _, _, _, _, (byte)'{'];

    private static string Refusal(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F'])
            ? "is an HDF5 file, which is not read here. Take the model's model.safetensors or pytorch_model.bin."
        : start.StartsWith("version "u8) ? "is a pointer of Git LFS, not the file itself. Download the file (git lfs pull)."
        : $"is neither a safetensors file nor one of torch.save: it begins with {Convert.ToHexString(start[..8])}. "
          + "Check the path, or download the file again.";
}
