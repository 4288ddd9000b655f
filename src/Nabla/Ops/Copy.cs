using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>The same elements, contiguous.</summary>
    internal sealed record Copy : UnaryOp, ICpuKernel
    {
        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => dy;

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => CopyLoops.Copy(inputs[0], output);
    }

    /// <summary>The same numbers as another element type. Gradients flow between the float types.</summary>
    internal sealed record Cast(DType To) : UnaryOp, ICpuKernel
    {
        public override DType InferType(ReadOnlySpan<Tensor> inputs) => To;

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => dy.To(x.DType);

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => CopyLoops.Cast(inputs[0], output);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>This tensor if its elements lie in row-major order, else a copy where they do.</summary>
        public Tensor Contiguous() => IsContiguous ? this : new Copy().Apply(this);

        /// <summary>A copy with memory of its own.</summary>
        public Tensor Clone() => new Copy().Apply(this);

        /// <summary>
        /// The same numbers as another element type: float to integer cuts the fraction off (beyond the range: the nearest; NaN: 0); to Bool is ≠ 0.
        /// </summary>
        public Tensor To(DType dtype) => dtype == DType ? this : new Cast(dtype).Apply(this);

        /// <summary>On another device; this tensor if it is there already.</summary>
        public Tensor To(Device device) => device == Device ? this
            : throw new NotSupportedException($"To: there is no device '{device}' here; Device.Cpu is.");
    }
}
