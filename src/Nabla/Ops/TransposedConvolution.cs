namespace Nabla.Ops;

/// <summary>
/// The convolution's gradient by its input as an op of its own (Zeiler et al. 2010, "Deconvolutional networks"): every element of x writes the kernel, scaled, into the result.
/// Inputs x [batch, channels, lengths], weight [channels, outputs / groups, kernel] and, if wanted, bias [outputs] →
/// [batch, outputs, stride · (lengths − 1) + dilation · (kernel − 1) + 1 − 2 · padding + output padding].
/// </summary>
internal sealed partial record TransposedConvolution(int[] Stride, int[] Padding, int[] OutputPadding, int[] Dilation, int Groups) : Op
{
    public override string Name => $"ConvTranspose{Stride.Length}d";

    private Sliding Sliding(Shape weight) => new(weight[2..].ToArray(), Stride, Dilation);

    public override Shape Infer(ReadOnlySpan<Tensor> inputs)
    {
        DemandOneType(inputs);
        var (x, weight, axes) = (inputs[0].Shape, inputs[1].Shape, Stride.Length);
        if (x.Rank != axes + 2 || weight.Rank != axes + 2)
            throw new ArgumentException($"{Name}: x {x}, weight {weight}: {axes + 2} axes each are needed, [batch, channels, lengths] and [channels, outputs / groups, kernel].");
        if (x[1] != weight[0] || x[1] % Groups != 0)
            throw new ArgumentException($"{Name}: x {x} · weight {weight}: channels {x[1]} ≠ {weight[0]}, or they do not divide into {Groups} groups.");
        var outputs = weight[1] * Groups;
        if (inputs.Length > 2 && inputs[2].Shape != Shape.Create(outputs))
            throw new ArgumentException($"{Name}: bias {inputs[2].Shape} does not fit weight {weight} in {Groups} groups: [{outputs}] is needed, one per output.");
        var lengths = Whole(x, weight);
        for (var i = 0; i < axes; i++)
            if ((lengths[i] -= 2 * Padding[i]) <= 0)
                throw new ArgumentException($"{Name}: padding {Padding[i]} leaves nothing of x {x} with kernel {weight[2..]} and stride {Stride[i]}.");
        return [x[0], outputs, .. lengths];
    }

    /// <summary>The lengths of the result before the padding is cut off.</summary>
    private int[] Whole(Shape x, Shape weight)
    {
        var (sliding, lengths) = (Sliding(weight), new int[Stride.Length]);
        for (var i = 0; i < lengths.Length; i++)
        {
            if (OutputPadding[i] >= Stride[i]) throw new ArgumentException($"{Name}: output padding {OutputPadding[i]} must be less than the stride {Stride[i]}.");
            lengths[i] = checked((Stride[i] * (x[i + 2] - 1)) + sliding.Reach(i) + OutputPadding[i]);
        }
        return lengths;
    }

    public override Tensor Compose(ReadOnlySpan<Tensor> inputs)
    {
        var (x, weight, shape, axes) = (inputs[0], inputs[1], Infer(inputs), Stride.Length);
        var rows = weight.Reshape([Groups, weight.Shape[0] / Groups, -1]).Transpose();
        var columns = rows.MatMul(Inverse.ToGroups(x));                         // [groups, outputs / groups · kernel, batch · lengths]
        var windows = columns.Reshape([shape[1], .. weight.Shape.Span[2..], x.Shape[0], .. x.Shape.Span[2..]])
            .Permute([1 + axes, .. Enumerable.Range(0, 1 + axes), .. Enumerable.Range(2 + axes, axes)]);
        var y = new Fold([shape[0], shape[1], .. Whole(x.Shape, weight.Shape)], Sliding(weight.Shape)).Apply(windows);
        for (var i = 0; i < axes; i++)
            if (Padding[i] > 0) y = new Slice(i + 2, Padding[i], shape[i + 2], 1).Apply(y);
        return inputs.Length > 2 ? y + inputs[2].AsChannels(x.Rank) : y.Contiguous();
    }

    /// <summary>The convolution from the result's shape back to that of x.</summary>
    private Convolution Inverse => new(Stride, Padding, Dilation, Groups);

    public override Tensor?[] Gradient(Backward call)
    {
        var (x, weight, dy) = (call.Inputs[0], call.Inputs[1], call.Upstream);
        var gradients = new Tensor?[call.Inputs.Length];
        if (call.Needs(0)) gradients[0] = Inverse.Apply(dy, weight);
        if (call.Needs(1)) gradients[1] = Inverse.WeightGradient(dy, weight.Shape, x);
        if (gradients.Length > 2 && call.Needs(2)) gradients[2] = dy.Sum(dy.AllButChannels());
        return gradients;
    }
}
