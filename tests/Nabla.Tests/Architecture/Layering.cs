using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Nabla.Generators;

namespace Nabla.Tests.Architecture;

/// <summary>Which folder of the library may use which: every reference points down this list or stays on its line.</summary>
static class Layering
{
    static readonly string[][] BottomUp =
    [
        ["Tensors"],
        ["Backends"],
        ["Ops"],
        ["Modules"],
        ["Autograd"],
        ["Layers", "Losses", "Optimizers", "Schedules", "Metrics", "Initializers", "Data", "Text", "Checkpoints", "Hub"],
        ["Models"],
        ["Training"],
    ];

    static readonly Dictionary<string, int> Level =
        BottomUp.SelectMany((folders, level) => folders.Select(folder => (folder, level))).ToDictionary(pair => pair.folder, pair => pair.level);

    /// <summary>"Ops/Relu.cs:12 uses Linear of Layers" for each use of a higher folder's code; paths are relative to the library's folder.</summary>
    public static string[] Violations(IEnumerable<(string Path, string Text)> files)
    {
        var sources = files.ToArray();
        if (sources.Select(file => Folder(file.Path)).Distinct().Where(folder => !Level.ContainsKey(folder)).ToArray() is { Length: > 0 } unknown)
            return [.. unknown.Select(folder => $"src/Nabla/{folder} has no place in Layering.BottomUp: say there what it may use")];
        var trees = sources.Select(file => CSharpSyntaxTree.ParseText(file.Text, Sources.Language, file.Path)).ToArray();
        var compilation = Compile(trees);
        return [.. trees.AsParallel().AsOrdered().SelectMany(tree => Upward(tree, compilation)).Distinct()];
    }

    /// <summary>
    /// With what the module generator writes, and refusing declarations that do not compile: a missing reference would hide violations. The bodies are
    /// bound once, by the search itself; that they compile is what building the library says.
    /// </summary>
    static Compilation Compile(SyntaxTree[] trees)
    {
        // Nullability decides no reference, and its analysis would take most of the time.
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Disable);
        var bare = CSharpCompilation.Create("Nabla", [.. trees, CSharpSyntaxTree.ParseText(Sources.ImplicitUsings, Sources.Language)], Sources.Platform, options);
        CSharpGeneratorDriver.Create([new DescribeGenerator().AsSourceGenerator()], parseOptions: Sources.Language)
            .RunGeneratorsAndUpdateCompilation(bare, out var compilation, out _);
        // CS8795: the platform's own generators, which are not run here, write the bodies of regular expressions.
        Assert.Empty(compilation.GetDeclarationDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error && d.Id != "CS8795").Select(d => d.ToString()).Take(10));
        return compilation;
    }

    static IEnumerable<string> Upward(SyntaxTree tree, Compilation compilation)
    {
        var model = compilation.GetSemanticModel(tree);
        foreach (var node in tree.GetRoot().DescendantNodes().Where(node => node is ExpressionSyntax or ConstructorInitializerSyntax))
        {
            foreach (var symbol in Used(model, node))
            {
                if (DeclaringFolders(symbol).ToArray() is { Length: > 0 } homes && homes.Min(home => Level[home]) > Level[Folder(tree.FilePath)])
                {
                    var line = tree.GetLineSpan(node.Span).StartLinePosition.Line + 1;
                    yield return $"{tree.FilePath}:{line} uses {symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)} of {homes[0]}";
                }
            }
        }
    }

    /// <summary>What the node names, and what it calls without naming it: an operator, an indexer, a constructor, a conversion.</summary>
    static IEnumerable<ISymbol> Used(SemanticModel model, SyntaxNode node)
    {
        if (model.GetSymbolInfo(node).Symbol is { } named)
            yield return named;
        if (node is ExpressionSyntax expression && model.GetConversion(expression) is { IsUserDefined: true, MethodSymbol: { } conversion })
            yield return conversion;
    }

    /// <summary>
    /// A member lives in the file that declares it: an op's method on Tensor belongs to the op. A type in several parts lives in each of their folders.
    /// </summary>
    static IEnumerable<string> DeclaringFolders(ISymbol symbol)
    {
        if (symbol is not (INamedTypeSymbol or IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol))
            return [];
        symbol = (symbol as IMethodSymbol)?.ReducedFrom ?? symbol;
        var declared = symbol.OriginalDefinition;
        if (declared.IsImplicitlyDeclared && declared.ContainingType is { } type)
            declared = type;
        return declared.DeclaringSyntaxReferences.Select(reference => reference.SyntaxTree.FilePath).Where(IsSource).Select(Folder);
    }

    /// <summary>Generated trees and the implicit usings have no place in the library's folders.</summary>
    static bool IsSource(string path) => path.Length > 0 && !path.EndsWith(".g.cs", StringComparison.Ordinal);

    static string Folder(string path) => path.Contains('/', StringComparison.Ordinal) ? path[..path.IndexOf('/', StringComparison.Ordinal)] : "";
}
