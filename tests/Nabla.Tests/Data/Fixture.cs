namespace Nabla.Tests.Data;

/// <summary>Files for readers: those of tests/fixtures/data, written by other programs (make.py there), and ones a test writes itself.</summary>
sealed class Fixture : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("nabla-data-").FullName;

    public static string Of(string name) => Path.Combine(Sources.Root, "tests", "fixtures", "data", name);

    public string Write(string name, byte[] content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public string Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
