using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Nabla.Cli.Sentences;

/// <summary>Where the vectors of texts go, one after another.</summary>
abstract class VectorWriter : IDisposable
{
    /// <summary>How many have been written.</summary>
    public long Count { get; private set; }

    /// <summary>A writer for a file, by its extension; null: JSON lines on a text writer.</summary>
    public static VectorWriter Open(string? path, int dimensions, TextWriter output) => path is null ? new JsonVectors(output, null)
        : Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".JSONL" or ".NDJSON" => new JsonVectors(null, path),
        ".NPY" => new VectorFile(path, count => Npy(count, dimensions)),
        ".SAFETENSORS" => new VectorFile(path, count => SafetensorsHeader(count, dimensions)),
        var other => throw new UserException($"--output {path}: vectors are written as .jsonl, .npy or .safetensors, not as \"{other}\"."),
    };

    public void Add(string text, ReadOnlySpan<float> vector)
    {
        Write(text, vector);
        Count++;
    }

    /// <summary>Puts the file in its place. Without it nothing is left behind.</summary>
    public virtual void Complete()
    {
    }

    protected abstract void Write(string text, ReadOnlySpan<float> vector);

    public virtual void Dispose()
    {
    }

    const int HeaderBytes = 128;

    /// <summary>NumPy's format, version 1.0 (numpy.lib.format).</summary>
    static byte[] Npy(long count, int dimensions) => Padded([0x93, .. "NUMPY"u8, 1, 0, HeaderBytes - 10, 0],
        Invariant($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, {dimensions}), }}"), end: "\n");

    static byte[] SafetensorsHeader(long count, int dimensions) => Padded([HeaderBytes - 8, 0, 0, 0, 0, 0, 0, 0],
        Invariant($"{{\"embeddings\":{{\"dtype\":\"F32\",\"shape\":[{count},{dimensions}],\"data_offsets\":[0,{count * dimensions * sizeof(float)}]}}}}"), end: "");

    static byte[] Padded(ReadOnlySpan<byte> start, string text, string end) =>
        [.. start, .. Encoding.ASCII.GetBytes(text.PadRight(HeaderBytes - start.Length - end.Length) + end)];

    /// <summary>A line of JSON for each text: <c>{"text": …, "embedding": […]}</c>.</summary>
    sealed class JsonVectors(TextWriter? output, string? path) : VectorWriter
    {
        readonly string? temporary = path is null ? null : path + ".part";
        readonly TextWriter writer = output ?? new StreamWriter(path + ".part");

        protected override void Write(string text, ReadOnlySpan<float> vector)
        {
            using var line = new MemoryStream();
            using (var json = new Utf8JsonWriter(line,
                new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                json.WriteStartObject();
                json.WriteString("text", text);
                json.WriteStartArray("embedding");
                foreach (var value in vector) json.WriteNumberValue(value);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            writer.WriteLine(Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length));
        }

        public override void Complete()
        {
            if (temporary is null) return;
            writer.Dispose();
            File.Move(temporary, path!, overwrite: true);
        }

        public override void Dispose()
        {
            base.Dispose();
            if (temporary is null) return;
            writer.Dispose();
            File.Delete(temporary);
        }
    }

    /// <summary>A header that says how many there are, then the numbers.</summary>
    sealed class VectorFile(string path, Func<long, byte[]> header) : VectorWriter
    {
        readonly FileStream file = Begin(path, header);

        static FileStream Begin(string path, Func<long, byte[]> header)
        {
            var file = File.Create(path + ".part");
            file.Write(header(0));
            return file;
        }

        protected override void Write(string text, ReadOnlySpan<float> vector) => file.Write(MemoryMarshal.AsBytes(vector));

        public override void Complete()
        {
            file.Position = 0;
            file.Write(header(Count));
            file.Flush(flushToDisk: true);
            file.Dispose();
            File.Move(file.Name, path, overwrite: true);
        }

        public override void Dispose()
        {
            base.Dispose();
            file.Dispose();
            File.Delete(file.Name);
        }
    }
}
