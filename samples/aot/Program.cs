using Nabla;

// Learns, in a native program, whether a point lies within a ring, and then asks about two points.
var generator = new Generator(seed: 1);
var points = Tensor.Uniform([512, 2], -1, 1, generator);
var radius = points.Square().Sum(axis: 1, keepDims: true).Sqrt();
var inside = ((radius - 0.6).Abs() < 0.2).To(DType.Float32);

var model = new Mlp(inputs: 2, hidden: 32).Initialize(seed: 2);
for (var step = 0; step < 300; step++)
{
    var (loss, gradients) = Gradients.Of(() => (model.Forward(points) - inside).Square().Mean());
    foreach (var (_, parameter) in model.Parameters())
        parameter.Set(parameter.Value - (gradients[parameter] * 0.03));
    if (step % 100 == 0)
        Console.WriteLine($"step {step}: loss {loss.Item():F4}");
}

/// <summary>Two dense layers. x: [batch, inputs] → [batch, 1]</summary>
sealed partial class Mlp(int inputs, int hidden) : ILayer
{
    public Parameter First { get; } = new([inputs, hidden], (shape, generator) => Tensor.Normal(shape, 0, 1, generator));
    public Parameter FirstBias { get; } = new([hidden], (shape, generator) => Tensor.Normal(shape, 0, 1, generator));
    public Parameter Second { get; } = new([hidden, 1], (shape, generator) => Tensor.Normal(shape, 0, 0.2, generator));

    public Tensor Forward(Tensor x) => (x.MatMul(First) + FirstBias).Tanh().MatMul(Second);
}
