using System.Buffers.Binary;
using System.Text;

namespace Nabla.Tests.Checkpoints.Torch;

/// <summary>Pickles of protocol 2, opcode by opcode, to say what torch would not.</summary>
static class PlainPickle
{
    public static byte[] Of(params byte[][] parts) => [0x80, 2, .. parts.SelectMany(part => part), (byte)'.'];

    public static byte[] Text(string text) =>
        [(byte)'X', .. BitConverter.GetBytes(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    public static byte[] Integer(long number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return [0x8A, 8, .. bytes];
    }

    public static byte[] Global(string module, string name) => Encoding.UTF8.GetBytes($"c{module}\n{name}\n");

    public static byte[] Tuple(params byte[][] items) => [(byte)'(', .. items.SelectMany(item => item), (byte)'t'];

    public static byte[] Integers(params long[] numbers) => Tuple([.. numbers.Select(Integer)]);

    public static byte[] Dict(params (string Key, byte[] Value)[] items) =>
        [(byte)'}', (byte)'(', .. items.SelectMany(item => (byte[])[.. Text(item.Key), .. item.Value]), (byte)'u'];

    public static byte[] List(params byte[][] items) => [(byte)']', (byte)'(', .. items.SelectMany(item => item), (byte)'e'];

    public static byte[] EmptyOrderedDict => [.. Global("collections", "OrderedDict"), (byte)')', (byte)'R'];

    public static byte[] Storage(string type, string key, long count, bool legacy = false)
    {
        var view = legacy ? "N"u8.ToArray() : [];
        return [.. Tuple(Text("storage"), Global("torch", type), Text(key), Text("cpu"), Integer(count), view), (byte)'Q'];
    }

    public static byte[] Tensor(byte[] storage, long offset, long[] sizes, long[] strides) => [
        .. Global("torch._utils", "_rebuild_tensor_v2"),
        .. Tuple(storage, Integer(offset), Integers(sizes), Integers(strides), [0x89], EmptyOrderedDict), (byte)'R'];
}
