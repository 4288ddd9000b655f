namespace Nabla.Tests.Architecture;

public sealed class ArchitectureTests
{
    [Fact]
    public void References_point_from_higher_layers_to_lower_ones()
    {
        var violations = Layering.Violations(Sources.Files("src/Nabla", "*.cs"));
        Assert.True(violations.Length == 0, $"{violations.Length} references point upward:\n{string.Join('\n', violations)}");
    }

    [Fact]
    public void An_upward_reference_of_every_kind_is_found()
    {
        var violations = Layering.Violations(
        [
            ("Tensors/Tensor.cs", """
                namespace Nabla;
                public sealed partial class Tensor
                {
                    public Tensor Twice() => this + this;
                    public Tensor Third(Tensor x) => x[3];
                    public object Made() => new Relu();
                    public Relu Typed = null!;
                    public Tensor Converted(Relu op) => op;
                    public Tensor Plain() => Relu.Apply(this);
                }
                """),
            ("Ops/Relu.cs", """
                namespace Nabla;
                public sealed class Relu
                {
                    public static Tensor Apply(Tensor x) => x;
                    public static implicit operator Tensor(Relu op) => new();
                }
                public sealed partial class Tensor
                {
                    public static Tensor operator +(Tensor a, Tensor b) => a;
                    public Tensor this[int i] => Twice();
                }
                """),
        ]);
        Assert.Equal(
            ["Tensors/Tensor.cs:4 uses Tensor.operator +(Tensor, Tensor) of Ops",
             "Tensors/Tensor.cs:5 uses Tensor.this[int] of Ops",
             "Tensors/Tensor.cs:6 uses Relu.Relu() of Ops",
             "Tensors/Tensor.cs:6 uses Relu of Ops",
             "Tensors/Tensor.cs:7 uses Relu of Ops",
             "Tensors/Tensor.cs:8 uses Relu of Ops",
             "Tensors/Tensor.cs:8 uses Relu.implicit operator Tensor(Relu) of Ops",
             "Tensors/Tensor.cs:9 uses Relu.Apply(Tensor) of Ops",
             "Tensors/Tensor.cs:9 uses Relu of Ops"], violations);
    }

    [Fact]
    public void A_new_folder_has_to_be_given_a_place() =>
        Assert.Equal(["src/Nabla/Attic has no place in Layering.BottomUp: say there what it may use"],
            Layering.Violations([("Attic/Old.cs", "namespace Nabla; class Old { }")]));
}
