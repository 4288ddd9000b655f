using CsCheck;

namespace Nabla.Tests.Backends.Cpu.Convolutions;

/// <summary>The convolution's kernels on float32 against its composition on float64, which is their oracle.</summary>
public class ConvolutionKernelTests
{
    /// <summary>Measures of a convolution; channels and outputs are those of a group.</summary>
    public sealed record Case(int Batch, int Groups, int Channels, int Outputs, Size2 Side, Size2 Kernel, Size2 Stride, Size2 Padding, Size2 Dilation, bool Bias)
    {
        public bool Fits => Reach(Kernel.Height, Dilation.Height) <= Side.Height + (2 * Padding.Height) && Reach(Kernel.Width, Dilation.Width) <= Side.Width + (2 * Padding.Width);

        public Shape X => [Batch, Groups * Channels, Side.Height, Side.Width];

        public Shape Weight => [Groups * Outputs, Channels, Kernel.Height, Kernel.Width];

        private static int Reach(int kernel, int dilation) => (dilation * (kernel - 1)) + 1;
    }

    static Gen<Size2> Sizes(int from, int to) => Gen.Select(Gen.Int[from, to], Gen.Int[from, to], (height, width) => new Size2(height, width));

    static readonly Gen<(int Groups, int Channels, int Outputs)> Parts = Gen.OneOf(
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 9], Gen.Int[1, 40]), Gen.Select(Gen.Int[1, 40], Gen.Const(1), Gen.Int[1, 2]), Gen.Select(Gen.Const(1), Gen.Int[10, 40], Gen.Int[1, 20]));

    static readonly Gen<Case> Cases =
        from parts in Parts
        from batch in Gen.Int[1, 4]
        from side in Sizes(1, 19)
        from kernel in Sizes(1, 5)
        from stride in Sizes(1, 3)
        from padding in Sizes(0, 3)
        from dilation in Sizes(1, 2)
        from bias in Gen.Bool
        let drawn = new Case(batch, parts.Groups, parts.Channels, parts.Outputs, side, kernel, stride, padding, dilation, bias)
        where drawn.Fits
        select drawn;

    static Tensor Random(Shape shape, int seed) => Tensor.Uniform(shape, -1, 1, new Generator((ulong)seed));

    static Tensor[] Inputs(Shape x, Shape weight, int outputs, bool bias) => bias ? [Random(x, 1), Random(weight, 2), Random([outputs], 3)] : [Random(x, 1), Random(weight, 2)];

    static Tensor? Bias(Tensor[] inputs) => inputs.Length > 2 ? inputs[2] : null;

    /// <summary>Result and gradients of both types; an error may grow with the square root of the number of terms.</summary>
    static void Check(Func<Tensor[], Tensor> of, Tensor[] inputs, string name)
    {
        Tensor[] wide = [.. inputs.Select(input => input.To(DType.Float64))];
        var upstream = Random(of(inputs).Shape, 4);
        var (y, gradients) = Gradients.Pullback(() => of(inputs), upstream, inputs);
        var (expected, composed) = Gradients.Pullback(() => of(wide), upstream.To(DType.Float64), wide);
        Reference.AssertClose(expected, y, name, 4e-6);
        for (var i = 0; i < inputs.Length; i++) Reference.AssertClose(composed[wide[i]], gradients[inputs[i]], $"{name}, gradient {i}", 4e-6);
    }

    static void Check(Case c) => Check(t => t[0].Conv2d(t[1], Bias(t), c.Stride, c.Padding, c.Dilation, c.Groups), Inputs(c.X, c.Weight, c.Groups * c.Outputs, c.Bias), c.ToString());

    [Fact]
    public void Every_geometry_agrees_with_the_composition() => Cases.Sample(Check, iter: 150);

    [Fact]
    public void Over_one_axis_too() => Cases.Sample(c =>
    {
        var (x, weight) = (c.X, c.Weight);
        Check(t => t[0].Conv1d(t[1], Bias(t), c.Stride.Width, c.Padding.Width, c.Dilation.Width, c.Groups),
            Inputs([x[0], x[1], x[3]], [weight[0], weight[1], weight[3]], c.Groups * c.Outputs, c.Bias), c.ToString());
    }, iter: 60);
}
