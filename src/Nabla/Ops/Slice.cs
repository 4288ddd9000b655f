using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>Every Step-th element from Start on, Count of them, along one axis. A negative step walks backwards. A view.</summary>
    internal sealed record Slice(int Axis, int Start, int Count, int Step) : ViewOp
    {
        private protected override Tensor View(Tensor x)
        {
            var strides = x.Strides.ToArray();
            var offset = x.Offset + (Start * strides[Axis]);
            strides[Axis] *= Step;
            return x.View(x.Shape.With(Axis, Count), strides, Count == 0 ? x.Offset : offset);
        }

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => new SlicePut(x.Shape, Axis, Start, Step).Apply(dy);
    }

    /// <summary>Zeros of a shape with x put in where the slice was: the gradient of a slice.</summary>
    internal sealed record SlicePut(Shape To, int Axis, int Start, int Step) : UnaryOp, Backends.Cpu.ICpuKernel
    {
        public override Shape Infer(Shape x) => To;

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => new Slice(Axis, Start, x.Shape[Axis], Step).Apply(dy);

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
        {
            Backends.Cpu.CopyLoops.Clear(output);
            using (Recorder.Pause()) Backends.Cpu.CopyLoops.Put(inputs[0], new Slice(Axis, Start, inputs[0].Shape[Axis], Step).Apply(output));
        }
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>Elements start, start + step, … before stop along an axis; negative start and stop count from the end, as in Python. A view.</summary>
        /// <param name="axis">Which axis; −1 is the last.</param>
        /// <param name="start">The first; beyond the ends it is clamped.</param>
        /// <param name="stop">The end, not included.</param>
        /// <param name="step">≠ 0; negative walks backwards.</param>
        public Tensor Slice(int axis, int start, int stop, int step = 1)
        {
            if (step == 0) throw new ArgumentException($"Slice: step 0 along axis {axis} of {Shape}; it must not be 0.");
            var at = Shape.Axis(axis);
            var dim = Shape[at];
            var (low, high) = step > 0 ? (0, dim) : (-1, dim - 1);
            var first = Math.Clamp(start < 0 ? start + dim : start, low, high);
            var end = Math.Clamp(stop < 0 ? stop + dim : stop, low, high);
            var count = Math.Max(0, step > 0 ? (int)(((long)end - first + step - 1) / step) : (int)(((long)first - end - step - 1) / -step));
            return new Slice(at, first, count, step).Apply(this);
        }

        /// <summary>The axis in reverse order. A view.</summary>
        public Tensor Flip(int axis)
        {
            var at = Shape.Axis(axis);
            return new Slice(at, Math.Max(0, Shape[at] - 1), Shape[at], -1).Apply(this);
        }

        /// <summary>
        /// A view of a part: an int or <see cref="Index"/> picks one element of an axis and removes the axis, a <see cref="Range"/> keeps a stretch of it;
        /// axes not named are kept whole: <c>x[0]</c>, <c>x[1..3, ^1]</c>, <c>x[.., 2..]</c>.
        /// </summary>
        /// <exception cref="ArgumentOutOfRangeException">Beyond the axis.</exception>
        /// <exception cref="ArgumentException">More indices than axes.</exception>
        [System.Runtime.CompilerServices.IndexerName("Part")]
        public Tensor this[params ReadOnlySpan<TensorIndex> indices]
        {
            get
            {
                if (indices.Length > Rank) throw new ArgumentException($"Index: {indices.Length} indices for shape {Shape} with {Rank} axes.");
                var (result, axis) = (this, 0);
                foreach (var index in indices)
                {
                    var (start, count) = index.Resolve(result.Shape, axis);
                    if (start != 0 || count != result.Shape[axis]) result = new Slice(axis, start, count, 1).Apply(result);
                    if (index.IsSingle) result = new Select(axis).Apply(result);
                    else axis++;
                }
                return result;
            }
        }
    }
}
