using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>A constant around x: Before[i] elements before axis i and After[i] behind it.</summary>
    internal sealed record Pad(int[] Before, int[] After, double Value) : UnaryOp, ICpuKernel
    {
        public override Shape Infer(Shape x)
        {
            var dims = x.ToArray();
            for (var i = 0; i < dims.Length; i++) dims[i] = checked(dims[i] + Before[i] + After[i]);
            return Shape.Create(dims);
        }

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => Inside(dy, x.Shape);

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
        {
            using var paused = Recorder.Pause();
            var around = Tensor.Scalar(Value, output.DType);
            if (Value == 0) CopyLoops.Clear(output);
            else CopyLoops.Copy(around, output);
            GC.KeepAlive(around);
            CopyLoops.Put(inputs[0], Inside(output, inputs[0].Shape));
        }

        /// <summary>The part of a padded tensor that x fills.</summary>
        private Tensor Inside(Tensor padded, Shape x)
        {
            for (var i = 0; i < x.Rank; i++)
                if (x[i] != padded.Shape[i]) padded = new Slice(i, Before[i], x[i], 1).Apply(padded);
            return padded;
        }
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>With a constant put around: so many elements before and after each of the last axes, as many axes as are named.</summary>
        /// <exception cref="ArgumentException">A count is negative, or more axes are named than there are.</exception>
        public Tensor Pad(ReadOnlySpan<int> before, ReadOnlySpan<int> after, double value = 0)
        {
            if (before.Length != after.Length || before.Length > Rank || before.ContainsAnyInRange(int.MinValue, -1) || after.ContainsAnyInRange(int.MinValue, -1))
                throw new ArgumentException($"Pad: [{string.Join(", ", before.ToArray())}] before and [{string.Join(", ", after.ToArray())}] after the last axes of {Shape}: " +
                    "as many of one as of the other, none negative, at most one per axis. To cut, see Slice.");
            if (!before.ContainsAnyExcept(0) && !after.ContainsAnyExcept(0)) return this;
            var outer = Rank - before.Length;
            return new Pad([.. new int[outer], .. before], [.. new int[outer], .. after], value).Apply(this);
        }
    }
}
