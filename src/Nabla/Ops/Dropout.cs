using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>
    /// Srivastava et al. 2014, inverted: each element is 0 with the given probability and else divided by 1 − probability. Which are 0 is a function of the
    /// seed, the position and the element's index alone, so the gradient draws the same ones again instead of keeping a mask. Shape unchanged.
    /// </summary>
    internal sealed record Dropout(double Probability, ulong Seed, ulong Position) : UnaryOp, ICpuKernel
    {
        public override Tensor Compose(Tensor x) => (x / (1 - Probability)).MaskedFill(Apply(Tensor.Ones(x.Shape)).EqualTo(0), 0);

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => Apply(dy);

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => DropoutLoops.Run(inputs[0], output, Probability, Seed, Position);
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>
        /// Each element 0 with the given probability, else divided by 1 − probability, whether in training or not (the layer of this name asks <c>Mode</c>).
        /// The same generator state gives the same bits on any number of threads.
        /// </summary>
        /// <param name="probability">Of an element to be dropped, 0 … 1.</param>
        /// <param name="generator">Chooses; none: <see cref="Generator.Default"/>.</param>
        public Tensor Dropout(double probability, Generator? generator = null)
        {
            if (probability is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(probability), probability, "Dropout: 0 ≤ probability ≤ 1 is needed.");
            generator ??= Generator.Default;
            return new Dropout(probability, generator.Seed, DropoutLoops.Reserve(generator, Length)).Apply(DemandFloat("Dropout"));
        }
    }
}
