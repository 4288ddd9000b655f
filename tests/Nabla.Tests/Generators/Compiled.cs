using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Nabla.Generators;

namespace Nabla.Tests.Generators;

/// <summary>Source text after the generator and the analyzer went over it.</summary>
sealed class Compiled
{
    /// <summary>What the generator looks for in the library, in its smallest form.</summary>
    const string Library = """
        #nullable enable
        namespace Nabla;
        using System.Collections.Generic;
        public interface IModule { void Describe(Members members); }
        public interface ILayer : IModule { }
        public sealed class Tensor { }
        public sealed class Parameter { public static implicit operator Tensor(Parameter p) => new(); }
        public sealed class ModuleBuffer { }
        public sealed class Members
        {
            public List<string> Names { get; } = [];
            public void Add(string name, Parameter? member) => Names.Add(name);
            public void Add(string name, ModuleBuffer? member) => Names.Add(name + ":buffer");
            public void Add(string name, IModule? member) => Names.Add(name + ":module");
            public void Add(string name, IEnumerable<IModule>? member) => Names.Add(name + ":modules");
        }
        """;

    readonly CSharpCompilation _before;
    readonly CSharpCompilation _compilation;

    public Compiled(params string[] sources)
    {
        var trees = sources.Prepend(Sources.ImplicitUsings + " global using Nabla;").Append(Library).Select(source => CSharpSyntaxTree.ParseText(source, Sources.Language));
        _before = CSharpCompilation.Create("Sample", trees, Sources.Platform,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Driver = CSharpGeneratorDriver.Create([new DescribeGenerator().AsSourceGenerator()], parseOptions: Sources.Language,
                driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true))
            .RunGeneratorsAndUpdateCompilation(_before, out var after, out var complaints, TestContext.Current.CancellationToken);
        Assert.Empty(complaints);
        _compilation = (CSharpCompilation)after;
    }

    public GeneratorDriver Driver { get; }

    /// <summary>The generator run again after one more file was added.</summary>
    public GeneratorDriver With(string source) =>
        Driver.RunGenerators(_before.AddSyntaxTrees(CSharpSyntaxTree.ParseText(source, Sources.Language)), TestContext.Current.CancellationToken);

    public string[] Written => [.. Driver.GetRunResult().GeneratedTrees.Select(tree => tree.ToString())];

    /// <summary>Errors and warnings of the compiler; a missing doc comment (CS1591) counts in the generated code, not in the sample.</summary>
    public string[] CompilerMessages =>
        [.. _compilation.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(d => d.Severity >= DiagnosticSeverity.Warning && (d.Id != "CS1591" || d.Location.SourceTree is not { } tree || !_before.ContainsSyntaxTree(tree)))
            .Select(d => d.ToString())];

    /// <summary>The analyzer's findings as "ID: message", in the order of the text.</summary>
    public async Task<string[]> FindingsAsync()
    {
        var analysed = _compilation.WithAnalyzers([new ModuleAnalyzer()]);
        var found = await analysed.GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken);
        return [.. found.OrderBy(d => d.Location.SourceSpan.Start).Select(d => $"{d.Id}: {d.GetMessage()}")];
    }

    /// <summary>Compiles, makes a `name`, calls its Describe and reads back what it listed.</summary>
    public string[] MembersOf(string name)
    {
        Assert.Empty(CompilerMessages);
        using var image = new MemoryStream();
        Assert.True(_compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken).Success);
        image.Position = 0;
        var context = new AssemblyLoadContext("sample", isCollectible: true);
        try
        {
            var assembly = context.LoadFromStream(image);
            var module = Activator.CreateInstance(Type(assembly, name))!;
            var members = Activator.CreateInstance(assembly.GetType("Nabla.Members", throwOnError: true)!)!;
            assembly.GetType("Nabla.IModule")!.GetMethod("Describe")!.Invoke(module, [members]);
            return [.. (List<string>)members.GetType().GetProperty("Names")!.GetValue(members)!];
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>A type by its reflection name; the arguments of a generic one are looked for in the sample first.</summary>
    static Type Type(Assembly assembly, string name) =>
        System.Type.GetType(name, _ => assembly, (_, part, _) => assembly.GetType(part) ?? System.Type.GetType(part), throwOnError: true)!;
}
