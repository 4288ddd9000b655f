using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Nabla.Tests;

/// <summary>The repository's own texts, and what it takes to compile text within a test.</summary>
static class Sources
{
    /// <summary>The latest language, XML documentation included.</summary>
    public static readonly CSharpParseOptions Language = new(LanguageVersion.Latest, DocumentationMode.Diagnose);

    /// <summary>The usings that the SDK adds to every file.</summary>
    public const string ImplicitUsings =
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; "
        + "global using System.Threading; global using System.Threading.Tasks;";

    /// <summary>The .NET libraries.</summary>
    public static IEnumerable<MetadataReference> Platform { get; } =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path))];

    /// <summary>The folder of Nabla.slnx.</summary>
    public static string Root { get; } = FindRoot();

    static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Nabla.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not within the repository.");
    }

    /// <summary>The files of a folder and of those within it, in order, paths relative to it.</summary>
    public static IEnumerable<(string Path, string Text)> Files(string folder, string pattern)
    {
        var top = Path.Combine(Root, folder);
        return from file in Directory.EnumerateFiles(top, pattern, SearchOption.AllDirectories).Order(StringComparer.Ordinal)
               let path = Path.GetRelativePath(top, file).Replace('\\', '/')
               where !path.StartsWith("bin/", StringComparison.Ordinal) && !path.StartsWith("obj/", StringComparison.Ordinal)
               select (path, File.ReadAllText(file));
    }
}
