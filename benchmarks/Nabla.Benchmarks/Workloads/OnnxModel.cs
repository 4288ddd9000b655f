using Google.Protobuf;

namespace Nabla.Benchmarks.Workloads;

/// <summary>Writes an ONNX model of a single node, field by field as onnx.proto3 numbers them (IR version 8, operator set 20).</summary>
internal static class OnnxModel
{
    const int Float = 1;

    public static byte[] Of(string operation, (string Name, object Value)[] attributes, (string Name, int[] Shape)[] inputs, (string Name, int[] Shape, float[] Values)[] constants) =>
        Message(model =>
        {
            Write(model, 1, 8);
            Write(model, 7, Message(graph =>
            {
                Write(graph, 1, Node(operation, attributes, [.. inputs.Select(input => input.Name), .. constants.Select(constant => constant.Name)]));
                Write(graph, 2, operation);
                foreach (var constant in constants)
                    Write(graph, 5, Initializer(constant.Name, constant.Shape, constant.Values));
                foreach (var input in inputs)
                    Write(graph, 11, ValueInfo(input.Name, input.Shape));
                Write(graph, 12, ValueInfo("y", null));
            }));
            Write(model, 8, Message(operators =>
            {
                Write(operators, 1, "");
                Write(operators, 2, 20);
            }));
        });

    static byte[] Node(string operation, (string Name, object Value)[] attributes, IEnumerable<string> inputs) => Message(node =>
    {
        foreach (var input in inputs)
            Write(node, 1, input);
        Write(node, 2, "y");
        Write(node, 4, operation);
        foreach (var (name, value) in attributes)
            Write(node, 5, Attribute(name, value));
    });

    static byte[] Attribute(string name, object value) => Message(attribute =>
    {
        Write(attribute, 1, name);
        if (value is float number)
        {
            attribute.WriteTag(2, WireFormat.WireType.Fixed32);
            attribute.WriteFloat(number);
            Write(attribute, 20, 1);
        }
        else
        {
            Write(attribute, 3, (int)value);
            Write(attribute, 20, 2);
        }
    });

    static byte[] Initializer(string name, int[] shape, float[] values) => Message(tensor =>
    {
        foreach (var length in shape)
            Write(tensor, 1, length);
        Write(tensor, 2, Float);
        Write(tensor, 8, name);
        Write(tensor, 9, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
    });

    static byte[] ValueInfo(string name, int[]? shape) => Message(info =>
    {
        Write(info, 1, name);
        Write(info, 2, Message(type => Write(type, 1, Message(tensor =>
        {
            Write(tensor, 1, Float);
            if (shape is not null)
                Write(tensor, 2, Message(dimensions =>
                {
                    foreach (var length in shape)
                        Write(dimensions, 1, Message(dimension => Write(dimension, 1, length)));
                }));
        }))));
    });

    static byte[] Message(Action<CodedOutputStream> fields)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
            fields(output);
        return bytes.ToArray();
    }

    static void Write(CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }

    static void Write(CodedOutputStream output, int field, string value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    static void Write(CodedOutputStream output, int field, byte[] value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(value));
    }
}
