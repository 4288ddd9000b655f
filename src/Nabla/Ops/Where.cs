using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>condition ? a : b, element by element; the three shapes broadcast.</summary>
    internal sealed record Where : Op, ICpuKernel
    {
        public override Shape Infer(ReadOnlySpan<Tensor> inputs)
        {
            var (condition, a, b) = (inputs[0], inputs[1], inputs[2]);
            if (condition.DType != DType.Bool)
                throw new ArgumentException($"Where: the condition is {condition.DType}{condition.Shape}, Bool is needed. Compare (x > 0) or convert: x.To(DType.Bool).");
            if (a.DType != b.DType) throw new ArgumentException($"Where: {a.DType}{a.Shape} and {b.DType}{b.Shape} differ in type. Convert one: x.To(DType.{a.DType}).");
            return Shape.Broadcast(condition.Shape, Shape.Broadcast(a.Shape, b.Shape, Name), Name);
        }

        public override DType InferType(ReadOnlySpan<Tensor> inputs) => inputs[1].DType;

        public override Tensor?[] Gradient(Backward call)
        {
            var (condition, a, b, dy) = (call.Inputs[0], call.Inputs[1], call.Inputs[2], call.Upstream);
            var zero = Tensor.Scalar(0, dy.DType);
            return
            [
                null,
                call.Needs(1) ? Tensor.Where(condition, dy, zero).SumTo(a.Shape) : null,
                call.Needs(2) ? Tensor.Where(condition, zero, dy).SumTo(b.Shape) : null,
            ];
        }

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => SelectLoops.Select(inputs[0], inputs[1], inputs[2], output);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>a where the condition holds, b elsewhere; the three shapes broadcast.</summary>
        public static Tensor Where(Tensor condition, Tensor a, Tensor b) => new Where().Apply(condition, a, b);

        /// <summary>x with a constant put in where the mask (Bool, broadcast to x) holds.</summary>
        public Tensor MaskedFill(Tensor mask, double value) => Where(mask, Number(value, this, "MaskedFill"), this);
    }
}
