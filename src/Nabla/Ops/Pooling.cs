using Nabla.Ops;

namespace Nabla.Ops
{
    /// <summary>What the pools share: a window that slides over the last two axes, padded.</summary>
    internal abstract partial record Pool(Sliding Sliding, int[] Padding) : UnaryOp
    {
        public override Shape Infer(Shape x)
        {
            if (x.Rank < 2) throw new ArgumentException($"{Name}: x {x}: [.., height, width] is needed.");
            var places = x;
            for (var i = 0; i < 2; i++)
            {
                if (2 * Padding[i] > Sliding.Kernel[i]) throw new ArgumentException($"{Name}: padding {Padding[i]} exceeds half of the kernel {Sliding.Kernel[i]}.");
                places = places.With(x.Rank - 2 + i, Sliding.Places(i, x[i - 2] + (2 * Padding[i])));
            }
            return places[^2] > 0 && places[^1] > 0 ? places
                : throw new ArgumentException($"{Name}: kernel [{Sliding.Kernel[0]}, {Sliding.Kernel[1]}] is larger than x {x} with padding [{Padding[0]}, {Padding[1]}].");
        }

        /// <summary>[.., height, width] → [.., kernel · kernel, places, places]</summary>
        protected Tensor Seen(Tensor x, double around)
        {
            var windows = new Windows(Sliding).Apply(x.Pad(Padding, Padding, around));
            return windows.Flatten(windows.Rank - 4, windows.Rank - 3);
        }

        /// <summary>Adds [.., kernel · kernel, places, places] back to the elements the windows saw: the gradient of <see cref="Seen"/>.</summary>
        protected Tensor Unseen(Tensor dy, Shape x)
        {
            var padded = x.With(x.Rank - 2, x[^2] + (2 * Padding[0])).With(x.Rank - 1, x[^1] + (2 * Padding[1]));
            var dx = new Fold(padded, Sliding).Apply(dy.Reshape([.. dy.Shape.Span[..^3], .. Sliding.Kernel, .. dy.Shape.Span[^2..]]));
            return dx.Slice(-2, Padding[0], Padding[0] + x[^2]).Slice(-1, Padding[1], Padding[1] + x[^1]);
        }
    }

    /// <summary>The largest element of each window; padding never wins. The first of equal ones has the gradient.  [.., height, width] → [.., places, places]</summary>
    internal sealed partial record MaxPool(Sliding Sliding, int[] Padding) : Pool(Sliding, Padding)
    {
        public override Tensor Compose(Tensor x) => Seen(x, double.NegativeInfinity).Max(-3);

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy)
        {
            var place = Seen(x, double.NegativeInfinity).ArgMax(-3, keepDims: true);
            var places = Tensor.Arange(Sliding.Kernel[0] * Sliding.Kernel[1], DType.Int64).Reshape([-1, 1, 1]);
            return Unseen(Tensor.Where(place.EqualTo(places), dy.Unsqueeze(-3), Tensor.Scalar(0, dy.DType)), x.Shape);
        }
    }

    /// <summary>The mean of each window, whose zeros of padding count or not.  [.., height, width] → [.., places, places]</summary>
    internal sealed partial record AveragePool(Sliding Sliding, int[] Padding, bool CountPadding) : Pool(Sliding, Padding)
    {
        public override Tensor Compose(Tensor x) => Seen(x, 0).Sum(-3) / Counts(x);

        public override Tensor Gradient(Tensor x, Tensor y, Tensor dy)
        {
            var share = (dy / Counts(x)).Unsqueeze(-3);
            return Unseen(share.Expand(share.Shape.With(share.Rank - 3, Sliding.Kernel[0] * Sliding.Kernel[1])), x.Shape);
        }

        /// <summary>How many elements count at each place.</summary>
        private Tensor Counts(Tensor x) => CountPadding
            ? Tensor.Scalar((double)Sliding.Kernel[0] * Sliding.Kernel[1], x.DType)
            : Seen(Tensor.Ones(x.Shape[^2..], x.DType), 0).Sum(-3);
    }

    /// <summary>Means over a grid of equal parts, ⌊i · length / parts⌋ to ⌈(i + 1) · length / parts⌉ along each axis.  [.., height, width] → [.., Height, Width]</summary>
    internal sealed partial record AdaptiveAveragePool(int Height, int Width) : UnaryOp
    {
        public override Shape Infer(Shape x) => x.Rank >= 2 && x[^1] > 0 && x[^2] > 0 ? [.. x.Span[..^2], Height, Width]
            : throw new ArgumentException($"{Name}: x {x}: [.., height, width] with elements is needed.");

        public override Tensor Compose(Tensor x) => Means(Means(x, -2, Height), -1, Width);

        private static Tensor Means(Tensor x, int axis, int parts)
        {
            var (length, means) = ((long)x.Shape[axis], new Tensor[parts]);
            for (var i = 0; i < parts; i++) means[i] = x.Slice(axis, (int)(i * length / parts), (int)((((i + 1) * length) + parts - 1) / parts)).Mean(axis, keepDims: true);
            return Tensor.Concat(axis, means);
        }
    }
}

namespace Nabla
{
    public sealed partial class Tensor
    {
        /// <summary>The largest element of each window: [.., height, width] → [.., places, places]. The first of equal ones has the gradient.</summary>
        /// <param name="kernel">The window.</param>
        /// <param name="stride">How far it moves; by default its own size, so that windows do not overlap.</param>
        /// <param name="padding">How far it may reach beyond the edges, at most half of it; nothing there ever wins.</param>
        /// <exception cref="ArgumentException">The window does not fit.</exception>
        public Tensor MaxPool2d(Size2 kernel, Size2? stride = null, Size2? padding = null) => new MaxPool(Slides(kernel, stride), AtLeast(0, (padding ?? 0).ToArray())).Apply(this);

        /// <summary>The mean of each window: [.., height, width] → [.., places, places].</summary>
        /// <param name="kernel">The window.</param>
        /// <param name="stride">How far it moves; by default its own size, so that windows do not overlap.</param>
        /// <param name="padding">How far it may reach beyond the edges, where zeros are, at most half of it.</param>
        /// <param name="countPadding">Whether those zeros count in the mean.</param>
        /// <exception cref="ArgumentException">The window does not fit.</exception>
        public Tensor AvgPool2d(Size2 kernel, Size2? stride = null, Size2? padding = null, bool countPadding = true) =>
            new AveragePool(Slides(kernel, stride), AtLeast(0, (padding ?? 0).ToArray()), countPadding).Apply(this);

        /// <summary>Means over a grid of <paramref name="output"/> parts of equal size, whatever the size of x: [.., height, width] → [.., output]. <c>1</c>: the mean of each image.</summary>
        public Tensor AdaptiveAvgPool2d(Size2 output)
        {
            AtLeast(1, output.ToArray());
            return new AdaptiveAveragePool(output.Height, output.Width).Apply(this);
        }

        private static Sliding Slides(Size2 kernel, Size2? stride) => new(AtLeast(1, kernel.ToArray()), AtLeast(1, (stride ?? kernel).ToArray()), [1, 1]);
    }
}
