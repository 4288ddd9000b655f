using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Nabla.Generators;

/// <summary>What Describe has to become in one class, or why it cannot.</summary>
internal enum DescribePlan
{
    /// <summary>The class wrote its own, or inherits one that already says everything.</summary>
    None,

    /// <summary>A Describe of its own.</summary>
    First,

    /// <summary>An override of an abstract Describe: there is nothing below it to call.</summary>
    Override,

    /// <summary>An override that lists the base's members first.</summary>
    Extend,

    /// <summary>Not possible: the base's own Describe is not virtual (NABLA003).</summary>
    BaseNotVirtual,

    /// <summary>Not possible: the class, or one around it, is not partial (NABLA001).</summary>
    NotPartial,
}

internal static class DescribePlans
{
    public static DescribePlan PlanDescribe(this ModuleTypes types, INamedTypeSymbol type)
    {
        if (!types.IsModule(type) || types.DeclaredDescribe(type) is not null)
            return DescribePlan.None;
        var plan = Wanted(types, type);
        return plan is DescribePlan.First or DescribePlan.Override or DescribePlan.Extend && type.FirstNotPartial() is not null
            ? DescribePlan.NotPartial
            : plan;
    }

    static DescribePlan Wanted(ModuleTypes types, INamedTypeSymbol type)
    {
        for (var ancestor = type.BaseType; ancestor is not null && types.IsModule(ancestor); ancestor = ancestor.BaseType)
        {
            if (types.DeclaredDescribe(ancestor) is { } written)
                return OnTopOf(written, types, type);
            // The generator's own method is not in the symbols it reads: ask whether it will be written.
            if (types.PlanDescribe(ancestor) is DescribePlan.First or DescribePlan.Override or DescribePlan.Extend)
                return types.ListedProperties(type).Any() ? DescribePlan.Extend : DescribePlan.None;
        }
        return DescribePlan.First;
    }

    static DescribePlan OnTopOf(IMethodSymbol written, ModuleTypes types, INamedTypeSymbol type) =>
        written.IsAbstract ? DescribePlan.Override
        : !types.ListedProperties(type).Any() ? DescribePlan.None
        : (written.IsVirtual || written.IsOverride) && !written.IsSealed ? DescribePlan.Extend
        : DescribePlan.BaseNotVirtual;

    /// <summary>The class itself or the nearest class around it that lacks the word partial.</summary>
    public static INamedTypeSymbol? FirstNotPartial(this INamedTypeSymbol type) =>
        type.FromInsideOut().FirstOrDefault(t => !t.DeclaringSyntaxReferences.Any(reference =>
            reference.GetSyntax() is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword)));

    public static IEnumerable<INamedTypeSymbol> FromInsideOut(this INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.ContainingType)
            yield return t;
    }
}
