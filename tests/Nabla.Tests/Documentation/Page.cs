using System.Runtime.Loader;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Nabla.Generators;

namespace Nabla.Tests.Documentation;

/// <summary>
/// A page of prose whose ```csharp blocks, one after another, are one program. What it prints is said beside it: a comment <c>// → text</c>
/// for each printed line. It runs in the folder of the readers' fixtures, so that a page can name files, and with a temporary folder of its own.
/// </summary>
sealed partial class Page(string text)
{
    readonly string text = text.ReplaceLineEndings("\n");

    [GeneratedRegex(@"^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"// → (.*)$", RegexOptions.Multiline)]
    private static partial Regex Said();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    public static IEnumerable<string> LinksOf(string markdown) => Link().Matches(markdown).Select(link => link.Groups[1].Value);

    [GeneratedRegex(@"`([\w./]+/[\w.]+\.cs)`")]
    private static partial Regex SourceFile();

    /// <summary>Each ```csharp block with the file that was named last before it, as lines; … leaves some out.</summary>
    public IEnumerable<(string File, string[] Lines)> Quotations =>
        Block().Matches(text).Select(block => (
            SourceFile().Matches(text[..block.Index])[^1].Groups[1].Value, block.Groups[1].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries)));

    public bool HasCode => Block().IsMatch(text);

    /// <summary>The blocks in order, with the types they declare moved behind the statements, where the language wants them.</summary>
    string Program()
    {
        var parts = Block().Matches(text).Select(match => CSharpSyntaxTree.ParseText(match.Groups[1].Value, Sources.Language).GetCompilationUnitRoot())
            .ToArray();
        var usings = parts.SelectMany(part => part.Usings);
        var members = parts.SelectMany(part => part.Members).OrderBy(member => member is not GlobalStatementSyntax);
        return string.Concat(usings.Select(part => part.ToFullString())) + string.Concat(members.Select(member => member.ToFullString()));
    }

    /// <summary>What the page says its program prints, line by line.</summary>
    public string[] SaidOutput => [.. Block().Matches(text).SelectMany(block => Said().Matches(block.Value)).Select(said => said.Groups[1].Value.Trim())];

    /// <summary>Compiles the program with the generator at work, warnings as errors, and runs it; returns the lines it printed.</summary>
    public string[] Run()
    {
        using var image = new MemoryStream();
        var emitted = Compile().Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(emitted.Diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning).Select(d => d.ToString()));
        image.Position = 0;
        var context = new AssemblyLoadContext("page", isCollectible: true);
        var (output, console, folder) = (new StringWriter(), Console.Out, Directory.GetCurrentDirectory());
        var (variable, temporary) = (OperatingSystem.IsWindows() ? "TMP" : "TMPDIR", Directory.CreateTempSubdirectory("nabla-page-"));
        var usual = Environment.GetEnvironmentVariable(variable);
        try
        {
            Console.SetOut(output);
            Environment.SetEnvironmentVariable(variable, temporary.FullName);
            Directory.SetCurrentDirectory(Path.Combine(Sources.Root, "tests", "fixtures", "data"));
            var entry = context.LoadFromStream(image).EntryPoint!;
            entry.Invoke(null, entry.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
            return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        finally
        {
            Console.SetOut(console);
            Directory.SetCurrentDirectory(folder);
            Environment.SetEnvironmentVariable(variable, usual);
            temporary.Delete(recursive: true);
            context.Unload();
        }
    }

    static readonly Type[] FromLibraries =
        [typeof(Tensor), typeof(Formats.Csv), typeof(Extensions.AI.NablaEmbeddingGenerator), typeof(Microsoft.Extensions.AI.IEmbeddingGenerator)];

    static IEnumerable<MetadataReference> Libraries => FromLibraries.Select(type => MetadataReference.CreateFromFile(type.Assembly.Location));

    Compilation Compile()
    {
        var trees = new[] { Sources.ImplicitUsings, Program() }.Select(source => CSharpSyntaxTree.ParseText(source, Sources.Language.WithDocumentationMode(DocumentationMode.Parse)));
        var program = CSharpCompilation.Create("page", trees, [.. Sources.Platform, .. Libraries],
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, optimizationLevel: OptimizationLevel.Release));
        CSharpGeneratorDriver.Create([new DescribeGenerator().AsSourceGenerator()], parseOptions: Sources.Language)
            .RunGeneratorsAndUpdateCompilation(program, out var compilation, out _);
        return compilation;
    }
}
