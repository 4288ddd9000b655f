namespace Nabla.Tests.Generators;

public sealed class ModuleAnalyzerTests
{
    [Fact]
    public async Task A_module_that_is_not_partial_is_an_error()
    {
        var sample = new Compiled("""
            public sealed class Closed : IModule { public Parameter A { get; } = new(); }
            public class Around { public sealed partial class Inner : IModule { public Parameter A { get; } = new(); } }
            """);
        Assert.Equal(
            ["NABLA001: 'Closed' must be partial so that Describe can be written for the module 'Closed'",
             "NABLA001: 'Around' must be partial so that Describe can be written for the module 'Inner'"],
            await sample.FindingsAsync());
        Assert.Empty(sample.Written);
    }

    [Fact]
    public async Task A_derived_module_without_members_need_not_be_partial()
    {
        var sample = new Compiled("""
            public partial class Block : ILayer { public Parameter First { get; } = new(); }
            public sealed class Named : Block { }
            """);
        Assert.Empty(await sample.FindingsAsync());
        Assert.Equal(["first"], sample.MembersOf("Named"));
    }

    [Fact]
    public async Task Members_that_would_be_left_out_are_reported()
    {
        var sample = new Compiled("""
            public sealed partial class Model(ILayer inner, ILayer kept) : IModule
            {
                private readonly Parameter _scale = new();
                public Parameter Weight { get; set; } = new();
                public Dictionary<string, ILayer> Heads { get; } = [];
                public (ILayer, int) Pair { get; } = default;
                public Parameter[] Rows { get; } = [];
                public ILayer Kept { get; } = kept;
                public ILayer Use() => inner;
            }
            """);
        Assert.Equal(
            ["NABLA002: Describe does not list the field '_scale', so what it holds is neither trained nor saved: make it a get-only property",
             "NABLA002: Describe does not list the settable property 'Weight', so what it holds is neither trained nor saved: make it get-only, or init-only",
             "NABLA002: Describe does not list the property 'Heads', so what it holds is neither trained nor saved: its type, Dictionary<string, ILayer>, is not one that Members.Add takes; use a list of modules",
             "NABLA002: Describe does not list the property 'Pair', so what it holds is neither trained nor saved: its type, (ILayer, int), is not one that Members.Add takes; use a list of modules",
             "NABLA002: Describe does not list the property 'Rows', so what it holds is neither trained nor saved: its type, Parameter[], is not one that Members.Add takes; use a list of modules",
             "NABLA002: Describe does not list the captured constructor parameter 'inner', so what it holds is neither trained nor saved: keep it in a get-only property"],
            await sample.FindingsAsync());
    }

    [Fact]
    public async Task What_holds_no_member_is_not_reported()
    {
        var sample = new Compiled("""
            public sealed partial class Model(ILayer kept, Func<ILayer> make, int width) : IModule
            {
                private readonly Tensor _constant = new();
                static readonly Parameter Shared = new();
                public ILayer Kept { get; } = kept;
                public ILayer Made { get; } = make();
                public ILayer Alias => Kept;
                public Func<ILayer, ILayer>? Hook { get; set; }
                public int[] Widths { get; set; } = [width];
                public (Tensor, Parameter) Both() => (_constant, Shared);
                public static ILayer Of(ILayer other) => other;
            }
            public sealed class Plain { public Parameter Weight { get; set; } = new(); }
            public sealed class ByHand : IModule
            {
                readonly Parameter _weight = new();
                public void Describe(Members members) => members.Add("weight", _weight);
            }
            """);
        Assert.Empty(await sample.FindingsAsync());
    }

    [Fact]
    public async Task A_base_whose_own_describe_is_not_virtual_is_an_error()
    {
        var sample = new Compiled("""
            public class ByHand : IModule { public void Describe(Members members) { } }
            public sealed partial class OnTop : ByHand { public Parameter Own { get; } = new(); }
            """);
        Assert.Equal(["NABLA003: 'OnTop' adds members to 'ByHand', whose own Describe is not virtual: make it a public virtual method"],
            await sample.FindingsAsync());
        Assert.Empty(sample.Written);
    }
}
