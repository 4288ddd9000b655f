namespace Nabla.Ops;

/// <summary>(x − mean) / √(variance + ε) over the axes, with the variance of the whole population. Shape unchanged.</summary>
internal sealed partial record Normalize(int[] Axes, double Epsilon) : UnaryOp
{
    public override Tensor Compose(Tensor x)
    {
        var centred = x - x.Mean(Axes, keepDims: true);
        return centred / Spread(centred);
    }

    public override Tensor Gradient(Tensor x, Tensor y, Tensor dy)
    {
        var spread = Spread(x - x.Mean(Axes, keepDims: true));
        return (dy - dy.Mean(Axes, keepDims: true) - (y * (y * dy).Mean(Axes, keepDims: true))) / spread;
    }

    private Tensor Spread(Tensor centred) => (centred.Square().Mean(Axes, keepDims: true) + Epsilon).Sqrt();
}

/// <summary>
/// What layer, group and batch normalisation share: normalised x, then · weight + bias, each of which may be absent (the bias only with the weight).
/// Inputs x, weight, bias.
/// </summary>
internal abstract record Normalization(double Epsilon) : Op
{
    public override Shape Infer(ReadOnlySpan<Tensor> inputs)
    {
        DemandOneType(inputs);
        var scale = ScaleShape(inputs);
        foreach (var input in inputs[1..])
            if (input.Shape != scale) throw new ArgumentException($"{Name}: weight or bias {input.Shape} does not fit x {inputs[0].Shape}: {scale} is needed.");
        return inputs[0].Shape;
    }

    /// <summary>The shape that weight and bias must have.</summary>
    protected abstract Shape ScaleShape(ReadOnlySpan<Tensor> inputs);

    /// <summary>x without mean and spread.</summary>
    protected abstract Tensor Normalized(Tensor x);

    /// <summary>The gradient of <see cref="Normalized"/>, given its result n and the gradient dn that arrives there.</summary>
    protected abstract Tensor NormalizedGradient(Tensor x, Tensor n, Tensor dn);

    /// <summary>Weight or bias in a shape that broadcasts against x.</summary>
    protected abstract Tensor Spread(Tensor scale, Tensor x);

    /// <summary>Weight or bias or a gradient of one, or null.</summary>
    private protected static Tensor? Optional(ReadOnlySpan<Tensor?> tensors, int at) => at < tensors.Length ? tensors[at] : null;

    public override Tensor Compose(ReadOnlySpan<Tensor> inputs)
    {
        var y = Normalized(inputs[0]);
        if (inputs.Length > 1) y *= Spread(inputs[1], inputs[0]);
        return inputs.Length > 2 ? y + Spread(inputs[2], inputs[0]) : y;
    }

    public override Tensor?[] Gradient(Backward call)
    {
        var (x, dy) = (call.Inputs[0], call.Upstream);
        var gradients = new Tensor?[call.Inputs.Length];
        var scale = call.Inputs.Length > 1 ? Spread(call.Inputs[1], x) : null;
        var n = Normalized(x);
        if (call.Needs(0)) gradients[0] = NormalizedGradient(x, n, scale is null ? dy : dy * scale);
        if (scale is not null && call.Needs(1)) gradients[1] = (dy * n).SumTo(scale.Shape).Reshape(call.Inputs[1].Shape);
        if (call.Inputs.Length > 2 && call.Needs(2)) gradients[2] = dy.SumTo(scale!.Shape).Reshape(call.Inputs[2].Shape);
        return gradients;
    }
}
