using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Nabla.Generators;

/// <summary>Says where a module's parameters would be left out of its Describe, so that none is silently neither trained nor saved.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ModuleAnalyzer : DiagnosticAnalyzer
{
    static readonly DiagnosticDescriptor NotPartial = new("NABLA001", "A module's class must be partial",
        "'{0}' must be partial so that Describe can be written for the module '{1}'", "Modules", DiagnosticSeverity.Error, isEnabledByDefault: true);

    static readonly DiagnosticDescriptor Missed = new("NABLA002", "A member of a module is not listed",
        "Describe does not list {0} '{1}', so what it holds is neither trained nor saved: {2}",
        "Modules", DiagnosticSeverity.Warning, isEnabledByDefault: true);

    static readonly DiagnosticDescriptor BaseNotVirtual = new("NABLA003", "The base module's Describe must be virtual",
        "'{0}' adds members to '{1}', whose own Describe is not virtual: make it a public virtual method", "Modules",
        DiagnosticSeverity.Error, isEnabledByDefault: true);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [NotPartial, Missed, BaseNotVirtual];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (ModuleTypes.Of(start.Compilation) is not { } types)
                return;
            start.RegisterSymbolAction(action => CheckClass(action, types), SymbolKind.NamedType);
            start.RegisterOperationAction(action => CheckCapture(action, types), OperationKind.ParameterReference);
        });
    }

    static void CheckClass(SymbolAnalysisContext context, ModuleTypes types)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        switch (types.PlanDescribe(type))
        {
            case DescribePlan.NotPartial:
                context.ReportDiagnostic(Diagnostic.Create(NotPartial, type.Locations[0], type.FirstNotPartial()!.Name, type.Name));
                break;
            case DescribePlan.BaseNotVirtual:
                context.ReportDiagnostic(Diagnostic.Create(BaseNotVirtual, type.Locations[0], type.Name, type.BaseType!.Name));
                break;
        }
        if (IsDescribedByGenerator(types, type))
            ReportMissed(context, types, type);
    }

    /// <summary>A Describe written by hand says what it wants and is not second-guessed.</summary>
    static bool IsDescribedByGenerator(ModuleTypes types, INamedTypeSymbol type) =>
        types.IsModule(type) && (types.DeclaredDescribe(type) is not { } describe || ModuleTypes.IsGenerated(describe));

    static void ReportMissed(SymbolAnalysisContext context, ModuleTypes types, INamedTypeSymbol type)
    {
        foreach (var property in ModuleTypes.StoredProperties(type))
        {
            if (types.HidesMember(property.Type))
                Report(context, property, "the property", $"its type, {Name(property.Type)}, is not one that Members.Add takes; use a list of modules");
            else if (types.IsMember(property.Type) && ModuleTypes.IsSettable(property))
                Report(context, property, "the settable property", "make it get-only, or init-only");
        }
        foreach (var field in type.GetMembers().OfType<IFieldSymbol>())
        {
            if (!field.IsStatic && !field.IsImplicitlyDeclared && (types.IsMember(field.Type) || types.HidesMember(field.Type)))
                Report(context, field, "the field", "make it a get-only property");
        }
    }

    static void Report(SymbolAnalysisContext context, ISymbol member, string kind, string remedy) =>
        context.ReportDiagnostic(Diagnostic.Create(Missed, member.Locations[0], kind, member.Name, remedy));

    /// <summary>A primary constructor's parameter that a method uses lives on as a hidden field: class Residual(ILayer inner) { … inner.Forward(x) … }.</summary>
    static void CheckCapture(OperationAnalysisContext context, ModuleTypes types)
    {
        var parameter = ((IParameterReferenceOperation)context.Operation).Parameter;
        if (parameter.ContainingSymbol is not IMethodSymbol { MethodKind: MethodKind.Constructor } constructor
            || SymbolEqualityComparer.Default.Equals(context.ContainingSymbol, constructor)
            || context.ContainingSymbol is not IMethodSymbol { IsStatic: false }
            || constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(context.CancellationToken) is not TypeDeclarationSyntax
            || !IsDescribedByGenerator(types, constructor.ContainingType)
            || !(types.IsMember(parameter.Type) || types.HidesMember(parameter.Type)))
            return;
        context.ReportDiagnostic(Diagnostic.Create(Missed, context.Operation.Syntax.GetLocation(), "the captured constructor parameter", parameter.Name,
            "keep it in a get-only property"));
    }

    static string Name(ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
}
