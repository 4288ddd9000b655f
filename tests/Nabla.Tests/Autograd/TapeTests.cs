using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Tests.Autograd;

public class TapeTests
{
    sealed record WithoutGradient : UnaryOp, ICpuKernel
    {
        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => output.Writable<float>().Fill(1);
    }

    sealed record ThroughComposition : BinaryOp
    {
        public override Shape Infer(Shape a, Shape b) => a;
        public override Tensor Compose(Tensor a, Tensor b) => a * b;
    }

    sealed record Identity : UnaryOp
    {
        public override Tensor Compose(Tensor x) => x;
    }

    [Fact]
    public void An_op_without_a_gradient_says_so_when_one_is_asked()
    {
        var x = Tensor.Ones([2]);
        Assert.Equal(2, new WithoutGradient().Apply(x).Sum().Item());
        var error = Assert.Throws<NotSupportedException>(() => Gradients.Of(() => new WithoutGradient().Apply(x).Sum(), x));
        Assert.StartsWith("WithoutGradient has no gradient", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_tensor_as_two_inputs_of_a_composed_op_has_its_gradient_once()
    {
        var x = Tensor.From(3f);
        var (_, gradients) = Gradients.Of(() => new ThroughComposition().Apply(x, x).Sum(), x);
        Assert.Equal(6, gradients[x].Item());
    }

    [Fact]
    public void An_op_that_returns_its_input_passes_the_gradient()
    {
        var x = Tensor.From(3f);
        var (_, gradients) = Gradients.Of(() => new Identity().Apply(x * x).Sum(), x);
        Assert.Equal(6, gradients[x].Item());
    }
}
