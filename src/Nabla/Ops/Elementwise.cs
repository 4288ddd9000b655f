using Nabla.Backends;
using Nabla.Backends.Cpu;

namespace Nabla.Ops;

/// <summary>y = f(x), element by element. Shape unchanged.</summary>
internal sealed record Elementwise<F>(F Formula) : UnaryOp, ICpuKernel, ICpuGradientKernel where F : struct, IFormula
{
    public override string Name => typeof(F).Name;

    public static Tensor Of(Tensor x, F formula = default) => new Elementwise<F>(formula).Apply(x);

    public override Tensor Gradient(Tensor x, Tensor y, Tensor dy) => Formula.Slope(new TensorLane(x), new TensorLane(y)).Times(dy);

    public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => ElementwiseLoops.Unary(Formula, inputs[0], output);

    public void RunGradient(ReadOnlySpan<Tensor> inputs, Tensor output, Tensor dy, ReadOnlySpan<Tensor?> gradients) =>
        ElementwiseLoops.UnaryGradient(Formula, inputs[0], output, dy, gradients[0]!);
}

/// <summary>y = f(a, b), element by element; the shapes broadcast.</summary>
internal sealed record BinaryElementwise<F> : BinaryOp, ICpuKernel where F : struct, IBinaryFormula
{
    private static readonly BinaryElementwise<F> Instance = new();

    public override string Name => typeof(F).Name;

    public static Tensor Of(Tensor a, Tensor b) => Instance.Apply(a, b);

    public override Shape Infer(Shape a, Shape b) => Shape.Broadcast(a, b, Name);

    public override Tensor GradientA(Tensor a, Tensor b, Tensor y, Tensor dy) =>
        default(F).SlopeA(new TensorLane(a), new TensorLane(b), new TensorLane(y)).Times(dy).SumTo(a.Shape);

    public override Tensor GradientB(Tensor a, Tensor b, Tensor y, Tensor dy) =>
        default(F).SlopeB(new TensorLane(a), new TensorLane(b), new TensorLane(y)).Times(dy).SumTo(b.Shape);

    public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => ElementwiseLoops.Binary(default(F), inputs[0], inputs[1], output);
}

/// <summary>Where a comparison holds, element by element: Bool; the shapes broadcast. Piecewise constant, so no gradient flows.</summary>
internal sealed record Compare<F> : BinaryOp, ICpuKernel where F : struct, IComparison
{
    private static readonly Compare<F> Instance = new();

    public override string Name => typeof(F).Name;

    public static Tensor Of(Tensor a, Tensor b) => Instance.Apply(a, b);

    public override Shape Infer(Shape a, Shape b) => Shape.Broadcast(a, b, Name);

    public override DType InferType(ReadOnlySpan<Tensor> inputs) => DType.Bool;

    public bool Accepts(ReadOnlySpan<Tensor> inputs) => true;

    public void Run(ReadOnlySpan<Tensor> inputs, Tensor output) => ElementwiseLoops.Compare(default(F), inputs[0], inputs[1], output);
}
