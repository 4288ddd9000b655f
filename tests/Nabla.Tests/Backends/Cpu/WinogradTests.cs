using Nabla.Backends.Cpu;
using Nabla.Backends.Cpu.Convolutions;

namespace Nabla.Tests.Backends.Cpu;

/// <summary>The passes of 3 × 3 convolutions by Winograd's algorithm against the composition of the op in float64, which has nothing in common with them.</summary>
[Collection(nameof(ThreadTeam))]
public sealed class WinogradTests
{
    /// <summary>The largest error that is allowed, as a share of the largest true value; the design allows 8e-6 of it.</summary>
    const double Tolerance = 5e-6;

    static Tensor Numbers(ulong seed, params int[] dims) => Tensor.Normal(Shape.Create(dims), generator: new Generator(seed));

    sealed record Case(int Batch, int Channels, int Outputs, int Height, int Width, int PaddingY, int PaddingX)
    {
        public Case(int batch, int channels, int outputs, int height, int width, int padding) : this(batch, channels, outputs, height, width, padding, padding) { }

        public ConvolutionGeometry Geometry => ConvolutionGeometry.Of(X.Shape, Weight.Shape, Dy.Shape, 1, [1, 1], [PaddingY, PaddingX], [1, 1]);
        public Tensor X => Numbers(1, Batch, Channels, Height, Width);
        public Tensor Weight => Numbers(2, Outputs, Channels, 3, 3);
        public Tensor Bias => Numbers(3, Outputs);
        public Tensor Dy => Numbers(4, Batch, Outputs, Height + (2 * PaddingY) - 2, Width + (2 * PaddingX) - 2);

        /// <summary>The result with bias and the gradients by x and weight.</summary>
        public Tensor[] Passes()
        {
            Tensor[] passes = [.. new[] { Dy, X, Weight }.Select(like => Tensor.Empty(like.Shape, DType.Float32))];
            Assert.True(Winograd.Fits(Geometry));
            Winograd.Forward(Geometry, X, Weight, Bias, passes[0]);
            Winograd.InputGradient(Geometry, Weight, Dy, null, passes[1]);
            Winograd.WeightGradient(Geometry, X, Dy, passes[2]);
            return passes;
        }

        public Tensor[] Truth()
        {
            var (x, weight, bias) = (X.To(DType.Float64), Weight.To(DType.Float64), Bias.To(DType.Float64));
            var (y, gradients) = Gradients.Pullback(() => x.Conv2d(weight, bias, padding: (PaddingY, PaddingX)), Dy.To(DType.Float64), x, weight);
            return [y, gradients[x], gradients[weight]];
        }

        public void Check()
        {
            foreach (var (what, truth, pass) in ((string[])["y", "dx", "dw"]).Zip(Truth(), Passes()))
            {
                var error = (pass.To(DType.Float64) - truth).Abs().Max().Item() / truth.Abs().Max().Item();
                Assert.True(error < Tolerance, $"{this}: {what} is off by {error:0.0e+0} of the largest value");
            }
        }
    }

    [Fact]
    public void Passes_over_random_shapes_are_right()
    {
        var random = new Random(1);
        for (var trial = 0; trial < 16; trial++)
        {
            var (y, x) = (random.Next(3), random.Next(3));
            new Case(random.Next(1, 6), random.Next(1, 71), random.Next(1, 71), random.Next(Math.Max(1, 3 - (2 * y)), 34), random.Next(Math.Max(1, 3 - (2 * x)), 18), y, x).Check();
        }
    }

    [Theory]
    [InlineData(1, 1, 1, 1, 1, 1), InlineData(1, 1, 1, 1, 1, 2), InlineData(1, 1, 1, 3, 3, 0), InlineData(3, 16, 32, 4, 4, 1), InlineData(2, 17, 33, 33, 17, 1)]
    [InlineData(5, 70, 70, 5, 3, 2), InlineData(1, 3, 16, 5, 700, 1)]                    // one line longer than the block
    [InlineData(2, 300, 40, 4, 8, 1)]                                                    // several blocks of channels, one of tiles
    [InlineData(520, 18, 17, 1, 1, 1), InlineData(520, 130, 127, 1, 1, 1)]               // two groups, with a gradient each and adding to one
    [InlineData(1, 1, 2, 500, 570, 0)]                                                   // groups beyond the fewest tiles
    public void Passes_over_unusual_shapes_are_right(int batch, int channels, int outputs, int height, int width, int padding) =>
        new Case(batch, channels, outputs, height, width, padding).Check();

    [Theory]
    [InlineData(5, 33, 40, 33, 17), InlineData(4, 140, 70, 4, 4), InlineData(9, 16, 20, 40, 40), InlineData(520, 130, 127, 1, 1)]
    public void The_number_of_threads_does_not_change_a_bit(int batch, int channels, int outputs, int height, int width)
    {
        var passes = new Case(batch, channels, outputs, height, width, 1);
        var before = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = 1;
            var alone = passes.Passes().Select(x => x.ToArray<float>()).ToArray();
            foreach (var threads in (int[])[2, 3, 8])
            {
                ThreadTeam.Threads = threads;
                Assert.Equal(alone, passes.Passes().Select(x => x.ToArray<float>()));
            }
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [Fact]
    public void The_number_of_images_does_not_change_a_bit_of_the_first()
    {
        var (few, many) = (new Case(1, 40, 40, 12, 12, 1), new Case(70, 40, 40, 12, 12, 1));
        Assert.Equal(few.X.ToArray<float>(), many.X[..1].ToArray<float>());
        Assert.Equal(few.Passes()[0].ToArray<float>(), many.Passes()[0][..1].ToArray<float>());
    }

    [Fact]
    public void Kept_filters_follow_their_parameter()
    {
        var x = Numbers(1, 2, 16, 9, 9);
        var weight = new Parameter([16, 16, 3, 3], (shape, _) => Numbers(2, shape.ToArray()));
        for (var change = 0; change < 2; change++)
        {
            // Both directions, more often than it takes to keep them; after a walk back its temporary memory is taken back.
            for (var use = 0; use < 3; use++)
            {
                for (var again = 0; again < 3; again++) Agree(x.Conv2d(weight, padding: 1), x.To(DType.Float64).Conv2d(weight.Value.To(DType.Float64), padding: 1));
                for (var again = 0; again < 3; again++) Agree(InputGradient(x, weight), InputGradient(x.To(DType.Float64), weight.Value.To(DType.Float64)));
            }
            Numbers(3, weight.Shape.ToArray()).CopyTo(weight.Value.Writable<float>());
        }
    }

    static Tensor InputGradient(Tensor x, Tensor weight) => Gradients.Pullback(() => x.Conv2d(weight, padding: 1), Numbers(4, 2, 16, 9, 9).To(x.DType), x).Gradients[x];

    static void Agree(Tensor actual, Tensor truth) => Assert.True((actual.To(DType.Float64) - truth).Abs().Max().Item() / truth.Abs().Max().Item() < Tolerance);
}
