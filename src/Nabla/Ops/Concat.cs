using Nabla.Backends.Cpu;
using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>Tensors one after another along an axis.</summary>
    internal sealed record Concat(int Axis) : Op, ICpuKernel
    {
        public override Shape Infer(ReadOnlySpan<Tensor> inputs)
        {
            DemandOneType(inputs);
            var (first, length) = (inputs[0].Shape, 0L);
            foreach (var input in inputs)
            {
                if (input.Rank != first.Rank || input.Shape.With(Axis, 0) != first.With(Axis, 0))
                    throw new ArgumentException($"Concat: {input.Shape} does not continue {first} along axis {Axis}: all other axes must be equal.");
                length += input.Shape[Axis];
            }
            return first.With(Axis, Shape.Dimension(length, "Concat"));
        }

        public override Tensor?[] Gradient(Backward call)
        {
            var gradients = new Tensor?[call.Inputs.Length];
            var start = 0;
            for (var i = 0; i < gradients.Length; i++)
            {
                var count = call.Inputs[i].Shape[Axis];
                if (call.Needs(i)) gradients[i] = new Slice(Axis, start, count, 1).Apply(call.Upstream);
                start += count;
            }
            return gradients;
        }

        public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

        public void Run(ReadOnlySpan<Tensor> inputs, Tensor output)
        {
            using var paused = Recorder.Pause();
            var start = 0;
            foreach (var input in inputs)
            {
                CopyLoops.Put(input, new Slice(Axis, start, input.Shape[Axis], 1).Apply(output));
                start += input.Shape[Axis];
            }
        }
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>Tensors one after another along an axis; their other axes are equal.</summary>
        /// <exception cref="ArgumentException">None are given, or they do not fit.</exception>
        public static Tensor Concat(int axis, params ReadOnlySpan<Tensor> parts) => parts.Length switch
        {
            0 => throw new ArgumentException("Concat: at least one tensor is needed."),
            1 => parts[0],
            _ => new Concat(parts[0].Shape.Axis(axis)).Apply(parts),
        };

        /// <summary>Tensors of one shape side by side along a new axis.</summary>
        /// <exception cref="ArgumentException">None are given, or the shapes differ.</exception>
        public static Tensor Stack(int axis, params ReadOnlySpan<Tensor> parts)
        {
            var rows = new Tensor[parts.Length];
            for (var i = 0; i < rows.Length; i++)
            {
                if (parts[i].Shape != parts[0].Shape) throw new ArgumentException($"Stack: {parts[i].Shape} beside {parts[0].Shape}: the shapes must be equal.");
                rows[i] = parts[i].Unsqueeze(axis);
            }
            return Concat(axis, rows);
        }

        /// <summary>Stretches of an axis of the given lengths, which add up to it. Views.</summary>
        /// <exception cref="ArgumentException">The lengths do not add up to the axis.</exception>
        public Tensor[] Split(int axis, params ReadOnlySpan<int> lengths)
        {
            var at = Shape.Axis(axis);
            var (parts, start) = (new Tensor[lengths.Length], 0);
            for (var i = 0; i < parts.Length; start += lengths[i++])
            {
                if (lengths[i] < 0 || lengths[i] > Shape[at] - start) throw Uneven(axis, lengths);
                parts[i] = new Slice(at, start, lengths[i], 1).Apply(this);
            }
            return start == Shape[at] ? parts : throw Uneven(axis, lengths);
        }

        private ArgumentException Uneven(int axis, ReadOnlySpan<int> lengths) =>
            new($"Split: lengths [{string.Join(", ", lengths.ToArray())}] do not add up to axis {axis} of {Shape}.");

        /// <summary>An axis in <paramref name="count"/> equal parts. Views.</summary>
        /// <exception cref="ArgumentException">The axis does not divide by it.</exception>
        public Tensor[] Chunk(int axis, int count)
        {
            var length = Shape[Shape.Axis(axis)];
            if (count <= 0 || length % count != 0) throw new ArgumentException($"Chunk: axis {axis} of {Shape} does not divide into {count} equal parts; see Split.");
            var lengths = new int[count];
            Array.Fill(lengths, length / count);
            return Split(axis, lengths);
        }
    }
}
