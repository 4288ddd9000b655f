using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Nabla.Benchmarks.Workloads;

/// <summary>
/// Builds an ONNX model, field by field as onnx.proto3 numbers them (IR version 8, operator set 20 and ONNX Runtime's own).
/// </summary>
/// <param name="weights">Where large constants go, beside the model; null: into the model.</param>
internal sealed class OnnxGraph(FileStream? weights = null)
{
    const int Float = 1, Int32 = 6, Int64 = 7;

    readonly List<byte[]> nodes = [], constants = [], inputs = [], outputs = [];

    /// <summary>Adds an operator and returns the name of its output. An input of no name is left out.</summary>
    /// <param name="operation">Its type; one of ONNX Runtime's own begins with <c>com.microsoft.</c></param>
    /// <param name="arguments">The names of its inputs.</param>
    /// <param name="attributes">A float or an int each.</param>
    public string Node(string operation, IEnumerable<string> arguments, params (string Name, object Value)[] attributes) =>
        Node(operation, 1, arguments, attributes)[0];

    /// <summary>Adds an operator of several outputs and returns their names.</summary>
    public string[] Node(string operation, int count, IEnumerable<string> arguments, params (string Name, object Value)[] attributes)
    {
        string[] results = [.. Enumerable.Range(0, count).Select(i => $"node{nodes.Count}.{i}")];
        var dot = operation.LastIndexOf('.');
        nodes.Add(Message(node =>
        {
            foreach (var argument in arguments)
                Write(node, 1, argument);
            foreach (var result in results)
                Write(node, 2, result);
            Write(node, 4, operation[(dot + 1)..]);
            foreach (var (name, value) in attributes)
                Write(node, 5, Attribute(name, value));
            if (dot >= 0)
                Write(node, 7, operation[..dot]);
        }));
        return results;
    }

    /// <summary>Adds a constant of this shape.</summary>
    public string Constant(string name, int[] shape, float[] values)
    {
        constants.Add(Message(tensor =>
        {
            foreach (var length in shape)
                Write(tensor, 1, length);
            Write(tensor, 2, Float);
            Write(tensor, 8, name);
            var bytes = MemoryMarshal.AsBytes(values.AsSpan());
            if (weights is null)
            {
                Write(tensor, 9, bytes.ToArray());
                return;
            }
            Write(tensor, 13, Entry("location", Path.GetFileName(weights.Name)));
            Write(tensor, 13, Entry("offset", weights.Position.ToString(CultureInfo.InvariantCulture)));
            Write(tensor, 13, Entry("length", bytes.Length.ToString(CultureInfo.InvariantCulture)));
            Write(tensor, 14, 1);
            weights.Write(bytes);
        }));
        return name;
    }

    /// <summary>Adds a constant that is an index.</summary>
    public string Index(string name, long value)
    {
        constants.Add(Message(tensor =>
        {
            Write(tensor, 2, Int64);
            Write(tensor, 8, name);
            Write(tensor, 9, BitConverter.GetBytes(value));
        }));
        return name;
    }

    /// <summary>Adds an input of floats.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">A length that is negative is any.</param>
    public string Input(string name, params int[] shape)
    {
        inputs.Add(ValueInfo(name, Float, shape));
        return name;
    }

    /// <summary>Adds an input of 32-bit integers.</summary>
    public string Int32Input(string name, params int[] shape)
    {
        inputs.Add(ValueInfo(name, Int32, shape));
        return name;
    }

    /// <summary>Makes what a node gives an output of the model.</summary>
    public void Output(string name) => outputs.Add(ValueInfo(name, Float, null));

    /// <summary>The bytes of the model.</summary>
    public byte[] Model() => Message(model =>
    {
        Write(model, 1, 8);
        Write(model, 7, Message(graph =>
        {
            WriteAll(graph, 1, nodes);
            Write(graph, 2, "graph");
            WriteAll(graph, 5, constants);
            WriteAll(graph, 11, inputs);
            WriteAll(graph, 12, outputs);
        }));
        WriteAll(model, 8, [OperatorSet("", 20), OperatorSet("com.microsoft", 1)]);
    });

    static byte[] OperatorSet(string domain, int version) => Message(operators =>
    {
        Write(operators, 1, domain);
        Write(operators, 2, version);
    });

    static byte[] Attribute(string name, object value) => Message(attribute =>
    {
        Write(attribute, 1, name);
        switch (value)
        {
            case float number:
                attribute.WriteTag(2, WireFormat.WireType.Fixed32);
                attribute.WriteFloat(number);
                Write(attribute, 20, 1);
                break;
            case int number:
                Write(attribute, 3, number);
                Write(attribute, 20, 2);
                break;
            default:
                throw new ArgumentException($"An attribute {value.GetType()} is not written.", nameof(value));
        }
    });

    static byte[] Entry(string key, string value) => Message(entry =>
    {
        Write(entry, 1, key);
        Write(entry, 2, value);
    });

    static byte[] ValueInfo(string name, int type, int[]? shape) => Message(info =>
    {
        Write(info, 1, name);
        Write(info, 2, Message(of => Write(of, 1, Message(tensor =>
        {
            Write(tensor, 1, type);
            if (shape is not null)
                Write(tensor, 2, Message(dimensions =>
                {
                    foreach (var length in shape)
                        Write(dimensions, 1, length < 0 ? [] : Message(dimension => Write(dimension, 1, length)));
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

    static void WriteAll(CodedOutputStream output, int field, IEnumerable<byte[]> messages)
    {
        foreach (var message in messages)
            Write(output, field, message);
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
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(value));
    }
}
