using System.Buffers.Binary;

namespace Nabla.Checkpoints;

/// <summary>Recognises the format of a file of weights by its first bytes.</summary>
internal static unsafe class WeightsFormat
{
    /// <exception cref="CheckpointException">The file is of no format that is read here, or damaged.</exception>
    public static Weights Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            byte[] start;
            using (var lease = file.Acquire()) start = new ReadOnlySpan<byte>(lease.Start, (int)Math.Min(file.Length, 9)).ToArray();
            // A header of at most 100 MB leaves the upper bytes of its length 0, which no other format does.
            if (BinaryPrimitives.ReadUInt64LittleEndian(start) <= SafetensorsHeader.MaxBytes) return new Safetensors(file);
            throw new CheckpointException(path, null, Refusal(start));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static string Refusal(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F']) ? "is an HDF5 file, which is not read here. Take the model's model.safetensors or pytorch_model.bin."
        : start.StartsWith("version "u8) ? "is a pointer of Git LFS, not the file itself. Download the file (git lfs pull)."
        : $"is not a safetensors file: it begins with {Convert.ToHexString(start[..8])}. Check the path, or download the file again.";
}
