using Nabla.Data;

namespace Nabla.Formats.Tests;

/// <summary>Files for readers: those of tests/fixtures/data, written by other programs, and ones a test writes itself.</summary>
sealed class Fixture : IDisposable
{
    static readonly string Home = FindHome();

    public string Folder { get; } = Directory.CreateTempSubdirectory("nabla-formats-").FullName;

    public static string Of(string name) => Path.Combine(Home, name);

    public string Write(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    public string Write(string name, byte[] content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Going on from every position gives what was left.</summary>
    public static void GoesOnFromEverywhere<T>(Pipeline<T> pipeline)
    {
        var whole = pipeline.ToList();
        using var cursor = pipeline.Open();
        for (var at = 0; at <= whole.Count; at++)
        {
            using var again = pipeline.Open(cursor.State);
            var rest = new List<T>();
            while (again.MoveNext()) rest.Add(again.Current);
            Assert.Equal(whole[at..], rest);
            cursor.MoveNext();
        }
    }

    static string FindHome()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Nabla.slnx"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "tests", "fixtures", "data");
    }
}
