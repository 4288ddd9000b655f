using System.Buffers.Binary;
using Google.Protobuf;

namespace Nabla.Formats.TensorBoard;

/// <summary>
/// A file of scalars that TensorBoard draws as curves. It is a sequence of records: length (8 bytes), its checksum (4), data, the data's checksum (4), all
/// little-endian; the data of each is one protocol buffer message <c>Event</c>, the first of which states the version. Each record is handed to the system as
/// a whole, so that a process that is killed leaves whole records.
/// </summary>
public sealed class EventFile : IDisposable
{
    // Fields of Event: wall_time, step, file_version, summary; of Summary: value; of Summary.Value: tag, simple_value.
    private const int WallTime = 1, Step = 2, FileVersion = 3, Summary = 5, Value = 1, Tag = 1, SimpleValue = 2;
    private const string Version = "brain.Event:2";

    private readonly FileStream file;

    private EventFile(FileStream file) => this.file = file;

    /// <summary>A new file in a folder, made if it is not there, named as TensorBoard expects: <c>events.out.tfevents.SECONDS.HOST</c>.</summary>
    /// <param name="folder">TensorBoard's <c>--logdir</c>, or a folder below it.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static EventFile Create(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        var name = $"events.out.tfevents.{DateTimeOffset.UtcNow.ToUnixTimeSeconds():D10}.{Environment.MachineName}";
        var path = Path.Combine(folder, name);
        for (var i = 1; File.Exists(path); i++) path = Path.Combine(folder, $"{name}.{i}");
        var events = new EventFile(Open(path, FileMode.CreateNew));
        events.Write(0, output =>
        {
            output.WriteTag(FileVersion, WireFormat.WireType.LengthDelimited);
            output.WriteString(Version);
        });
        return events;
    }

    /// <summary>Goes on with a file, of which the first <paramref name="length"/> bytes are kept.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">A <see cref="Length"/> that it once had; the end of a whole record.</param>
    /// <exception cref="IOException">It is not there, or is shorter.</exception>
    public static EventFile Continue(string path, long length)
    {
        var file = Open(path, FileMode.Open);
        if (file.Length < length)
        {
            file.Dispose();
            throw new IOException($"{path}: it has fewer than the {length} bytes that were written to it. Move it away to go on with a new file.");
        }
        file.SetLength(length);
        file.Position = length;
        return new(file);
    }

    /// <summary>Its path.</summary>
    public string FullPath => file.Name;

    /// <summary>How many bytes have been written.</summary>
    public long Length => file.Position;

    /// <summary>Appends one point of the curve <paramref name="tag"/>.</summary>
    /// <param name="tag">Its name; what stands before a <c>/</c> groups curves.</param>
    /// <param name="step">Where on the horizontal axis.</param>
    /// <param name="value">How high; kept as a float32.</param>
    public void Scalar(string tag, long step, double value)
    {
        ArgumentException.ThrowIfNullOrEmpty(tag);
        var point = Message(output =>
        {
            output.WriteTag(Tag, WireFormat.WireType.LengthDelimited);
            output.WriteString(tag);
            output.WriteTag(SimpleValue, WireFormat.WireType.Fixed32);
            output.WriteFloat((float)value);
        });
        var summary = Message(output => Nested(output, Value, point));
        Write(step, output => Nested(output, Summary, summary));
    }

    /// <summary>Brings what was written to the disk.</summary>
    public void Flush() => file.Flush(flushToDisk: true);

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    private static FileStream Open(string path, FileMode mode) => new(path, mode, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private void Write(long step, Action<CodedOutputStream> what) => Write(Message(output =>
    {
        output.WriteTag(WallTime, WireFormat.WireType.Fixed64);
        output.WriteDouble(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0);
        output.WriteTag(Step, WireFormat.WireType.Varint);
        output.WriteInt64(step);
        what(output);
    }));

    private void Write(byte[] data)
    {
        var record = new byte[8 + 4 + data.Length + 4];
        BinaryPrimitives.WriteInt64LittleEndian(record, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), MaskedCrc.Of(record.AsSpan(0, 8)));
        data.CopyTo(record, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + data.Length), MaskedCrc.Of(data));
        file.Write(record);
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true)) write(output);
        return buffer.ToArray();
    }

    private static void Nested(CodedOutputStream output, int field, byte[] message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(message));
    }
}
