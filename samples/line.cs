#:project ../src/Nabla/Nabla.csproj

// Gradient descent by hand: the slope and the offset of a line through noisy points.   dotnet run samples/line.cs
using Nabla;

var x = Tensor.Linspace(-1, 1, 101);
var y = (x * 3) - 0.5 + Tensor.Normal(x.Shape, mean: 0, deviation: 0.1, generator: new Generator(seed: 1));
var (slope, offset) = (Tensor.Scalar(0), Tensor.Scalar(0));
for (var step = 0; step <= 100; step++)
{
    var (loss, gradients) = Gradients.Of(() => ((x * slope) + offset - y).Square().Mean(), slope, offset);
    (slope, offset) = (slope - (gradients[slope] * 0.3), offset - (gradients[offset] * 0.3));
    if (step % 20 == 0)
        Console.WriteLine($"step {step,3}: loss {loss.Item():F4}, y = {slope.Item():F3}·x + {offset.Item():F3}");
}
