using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Nabla.Generators;

/// <summary>Nabla's own types as one compilation sees them, and what they make of other types.</summary>
internal sealed class ModuleTypes
{
    /// <summary>How the generator signs its work.</summary>
    public const string GeneratorName = "Nabla.Generators";

    readonly CSharpCompilation _compilation;
    readonly INamedTypeSymbol _module;
    readonly INamedTypeSymbol _members;
    readonly IReadOnlyList<ITypeSymbol> _accepted;

    ModuleTypes(CSharpCompilation compilation, INamedTypeSymbol module, INamedTypeSymbol members)
    {
        (_compilation, _module, _members) = (compilation, module, members);
        _accepted = [.. members.GetMembers("Add").OfType<IMethodSymbol>().Where(TakesNameAndMember).Select(add => add.Parameters[1].Type)];
    }

    /// <summary>Null where the compilation does not reference Nabla.</summary>
    public static ModuleTypes? Of(Compilation compilation) =>
        compilation is CSharpCompilation csharp
        && csharp.GetTypeByMetadataName("Nabla.IModule") is { } module
        && csharp.GetTypeByMetadataName("Nabla.Members") is { } members
            ? new(csharp, module, members)
            : null;

    static bool TakesNameAndMember(IMethodSymbol add) =>
        !add.IsGenericMethod && add.Parameters.Length == 2 && add.Parameters[0].Type.SpecialType == SpecialType.System_String;

    public bool IsModule(INamedTypeSymbol type) =>
        type.TypeKind == TypeKind.Class && type.AllInterfaces.Contains(_module, SymbolEqualityComparer.Default);

    /// <summary>
    /// Whether Members.Add takes the type: parameters, buffers, modules and sequences of modules. The overloads decide, so this list cannot
    /// drift from the library's; user-defined conversions (a parameter read as a tensor) do not count.
    /// </summary>
    public bool IsMember(ITypeSymbol type) => _accepted.Any(accepted => Fits(type, accepted));

    /// <summary>A module that can also be enumerated as modules (a sequence of layers) is one member, not many: the overloads need telling.</summary>
    public string CastWhereAmbiguous(ITypeSymbol type) =>
        _accepted.Count(accepted => Fits(type, accepted)) > 1 && Fits(type, _module) ? "(global::Nabla.IModule?)" : "";

    bool Fits(ITypeSymbol type, ITypeSymbol accepted)
    {
        var conversion = _compilation.ClassifyConversion(type, accepted);
        return conversion.IsImplicit && (conversion.IsIdentity || conversion.IsReference || conversion.IsBoxing);
    }

    /// <summary>Whether the type carries members in a form that Members.Add does not take: a dictionary, a tuple, an array of arrays.</summary>
    public bool HidesMember(ITypeSymbol type) => !IsMember(type) && type switch
    {
        IArrayTypeSymbol array => Carries(array.ElementType),
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.Any(element => Carries(element.Type)),
        // A delegate or another generic type may mention a module without holding one; only a collection is taken to hold what it names.
        INamedTypeSymbol { IsGenericType: true } generic => IsSequence(generic) && generic.TypeArguments.Any(Carries),
        _ => false,
    };

    bool Carries(ITypeSymbol type) => IsMember(type) || HidesMember(type);

    static bool IsSequence(INamedTypeSymbol type) =>
        type.SpecialType == SpecialType.System_Collections_IEnumerable
        || type.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable);

    /// <summary>The Describe(Members) that the class itself declares, in its own name or in the interface's.</summary>
    public IMethodSymbol? DeclaredDescribe(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().FirstOrDefault(method =>
            method is { IsStatic: false, Parameters.Length: 1 }
            && SymbolEqualityComparer.Default.Equals(method.Parameters[0].Type, _members)
            && (method.Name == "Describe" || method.ExplicitInterfaceImplementations.Any(i => i.Name == "Describe")));

    public static bool IsGenerated(IMethodSymbol describe) =>
        describe.GetAttributes().Any(attribute =>
            attribute.AttributeClass?.Name == "GeneratedCodeAttribute" && Equals(attribute.ConstructorArguments.FirstOrDefault().Value, GeneratorName));

    /// <summary>The properties Describe lists, in the order of declaration.</summary>
    public IEnumerable<IPropertySymbol> ListedProperties(INamedTypeSymbol type) =>
        StoredProperties(type).Where(property => !IsSettable(property) && IsMember(property.Type));

    /// <summary>Instance properties with storage of their own. A computed one only shows what is listed elsewhere: tied weights.</summary>
    public static IEnumerable<IPropertySymbol> StoredProperties(INamedTypeSymbol type)
    {
        var stored = new HashSet<ISymbol>(
            type.GetMembers().OfType<IFieldSymbol>().Select(field => field.AssociatedSymbol).OfType<ISymbol>(), SymbolEqualityComparer.Default);
        return type.GetMembers().OfType<IPropertySymbol>().Where(property => !property.IsStatic && stored.Contains(property));
    }

    public static bool IsSettable(IPropertySymbol property) => property.SetMethod is { IsInitOnly: false };
}
