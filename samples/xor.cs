#:project ../src/Nabla/Nabla.csproj

// The smallest problem that one layer cannot solve (Minsky and Papert 1969), and two can.   dotnet run samples/xor.cs
using Nabla;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;

var inputs = Tensor.From(new float[,] { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } });
var answers = Tensor.From(new float[,] { { 0 }, { 1 }, { 1 }, { 0 } });

foreach (var (name, model) in new (string, Sequential)[] { ("one layer", [new Linear(2, 1)]), ("two layers", [new Linear(2, 8), new Tanh(), new Linear(8, 1)]) })
{
    var adam = new Adam(model.Initialize(seed: 1), learningRate: 0.05);
    var last = double.NaN;
    for (var step = 0; step < 500; step++)
    {
        var (loss, gradients) = Gradients.Of(() => model.Forward(inputs).BinaryCrossEntropyWithLogits(answers));
        adam.Step(gradients);
        last = loss.Item();
    }
    var said = model.Forward(inputs).Sigmoid().ToArray<float>();
    Console.WriteLine($"{name}: loss {last:F4}; 00 → {said[0]:F3}, 01 → {said[1]:F3}, 10 → {said[2]:F3}, 11 → {said[3]:F3}");
}
