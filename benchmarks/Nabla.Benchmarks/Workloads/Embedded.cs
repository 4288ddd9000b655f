using System.IO.Compression;

namespace Nabla.Benchmarks.Workloads;

/// <summary>The files of <c>data/</c> that the program holds.</summary>
internal static class Embedded
{
    /// <summary>All text of a packed file.</summary>
    public static string Read(string name)
    {
        using var packed = typeof(Embedded).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        return reader.ReadToEnd();
    }
}
