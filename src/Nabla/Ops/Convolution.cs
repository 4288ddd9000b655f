namespace Nabla.Ops;

/// <summary>
/// The cross-correlation that the field calls convolution, over any number of axes: y[n, o, p] = Σ_{c, k} x[n, c, stride · p + dilation · k − padding] · weight[o, c, k] + bias[o].
/// Inputs x [batch, channels, lengths], weight [outputs, channels / groups, kernel] and, if wanted, bias [outputs] → [batch, outputs, places].
/// </summary>
internal sealed partial record Convolution(int[] Stride, int[] Padding, int[] Dilation, int Groups) : Op
{
    public override string Name => $"Conv{Stride.Length}d";

    private Sliding Sliding(Shape weight) => new(weight[2..].ToArray(), Stride, Dilation);

    public override Shape Infer(ReadOnlySpan<Tensor> inputs)
    {
        DemandOneType(inputs);
        var (x, weight, axes) = (inputs[0].Shape, inputs[1].Shape, Stride.Length);
        if (x.Rank != axes + 2 || weight.Rank != axes + 2)
            throw new ArgumentException($"{Name}: x {x}, weight {weight}: {axes + 2} axes each are needed, [batch, channels, lengths] and [outputs, channels / groups, kernel].");
        if (x[1] != weight[1] * Groups || weight[0] % Groups != 0)
            throw new ArgumentException($"{Name}: x {x} has {x[1]} channels, weight {weight} takes {weight[1]} in each of {Groups} groups: {x[1]} ≠ {weight[1] * Groups}, or {weight[0]} outputs do not divide.");
        if (inputs.Length > 2 && inputs[2].Shape != weight[..1])
            throw new ArgumentException($"{Name}: bias {inputs[2].Shape} does not fit weight {weight}: [{weight[0]}] is needed, one per output.");
        return [x[0], weight[0], .. Places(x, weight)];
    }

    private int[] Places(Shape x, Shape weight)
    {
        var (sliding, places) = (Sliding(weight), new int[Stride.Length]);
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = sliding.Kernel[i] == 0 ? 0 : sliding.Places(i, checked(x[i + 2] + (2 * Padding[i])));
            if (places[i] <= 0)
                throw new ArgumentException($"{Name}: a kernel {weight[2..]} with dilation {Dilation[i]} reaches over {sliding.Reach(i)}, more than x {x} has with padding {Padding[i]}: {x[i + 2] + (2 * Padding[i])}.");
        }
        return places;
    }

    public override Tensor Compose(ReadOnlySpan<Tensor> inputs)
    {
        var (x, weight, shape) = (inputs[0], inputs[1], Infer(inputs));
        var columns = Columns(x, Sliding(weight.Shape));
        var rows = weight.Reshape([Groups, weight.Shape[0] / Groups, -1]);
        var y = FromGroups(rows.MatMul(columns), shape);
        return inputs.Length > 2 ? y + inputs[2].AsChannels(x.Rank) : y;
    }

    public override Tensor?[] Gradient(Backward call)
    {
        var (x, weight, dy) = (call.Inputs[0], call.Inputs[1], call.Upstream);
        var gradients = new Tensor?[call.Inputs.Length];
        if (call.Needs(0)) gradients[0] = Back(x.Shape, weight.Shape).Apply(dy, weight);
        if (call.Needs(1)) gradients[1] = WeightGradient(x, weight.Shape, dy);
        if (gradients.Length > 2 && call.Needs(2)) gradients[2] = dy.Sum(dy.AllButChannels());
        return gradients;
    }

    /// <summary>The gradient by x is the transposed convolution that leads to its shape.</summary>
    private TransposedConvolution Back(Shape x, Shape weight)
    {
        var (sliding, rest) = (Sliding(weight), new int[Stride.Length]);
        for (var i = 0; i < rest.Length; i++) rest[i] = (x[i + 2] + (2 * Padding[i]) - sliding.Reach(i)) % Stride[i];
        return new(Stride, Padding, rest, Dilation, Groups);
    }

    /// <summary>The gradient by the weight, from x and the gradient that arrives at the result: one matrix product per group over all examples and places.</summary>
    internal Tensor WeightGradient(Tensor x, Shape weight, Tensor dy) =>
        ToGroups(dy).MatMul(Columns(x, Sliding(weight)).Transpose()).Reshape(weight);

    /// <summary>What the window sees at every place as columns: [batch, channels, lengths] → [groups, channels / groups · kernel, batch · places].</summary>
    private Tensor Columns(Tensor x, Sliding sliding)
    {
        var axes = Stride.Length;
        var windows = new Windows(sliding).Apply(x.Pad(Padding, Padding));   // [batch, channels, kernel, places]
        int[] order = [.. Enumerable.Range(1, 1 + axes), 0, .. Enumerable.Range(2 + axes, axes)];
        return windows.Permute(order).Reshape([Groups, Shape.Dimension(x.Shape[1] / Groups * windows.Shape[2..(2 + axes)].Length, "Convolution"), -1]);
    }

    /// <summary>[batch, channels, lengths] → [groups, channels / groups, batch · lengths]</summary>
    internal Tensor ToGroups(Tensor x) => x.Transpose(0, 1).Reshape([Groups, x.Shape[1] / Groups, -1]);

    /// <summary>[groups, channels / groups, batch · lengths] → [batch, channels, lengths]</summary>
    private static Tensor FromGroups(Tensor y, Shape shape) => y.Reshape([shape[1], shape[0], .. shape.Span[2..]]).Transpose(0, 1).Contiguous();
}
