using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>yᵢ = x₀ + … + xᵢ along an axis. Shape unchanged.</summary>
    internal sealed record CumSum(int Axis) : UnaryOp, ICpuKernel
    {
        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => dy.Flip(Axis).CumSum(Axis).Flip(Axis);

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => LineLoops.CumSum(inputs[0], Axis, output);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>The running sums x₀, x₀ + x₁, … along an axis. Shape unchanged.</summary>
        public Tensor CumSum(int axis) => new CumSum(Shape.Axis(axis)).Apply(this);
    }
}
