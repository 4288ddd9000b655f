#:project ../src/Nabla/Nabla.csproj

// Handwritten digits: 1,797 pictures of 8 × 8 pixels; a network of one hidden layer reads those it has not seen.   dotnet run samples/digits-mlp.cs
using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using Nabla;
using Nabla.Metrics;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Schedules;

const int Pixels = 64, Classes = 10, Held = 360, Batch = 64, Epochs = 30;

var (images, labels) = Digits();
var order = new Generator(seed: 1).Permutation(labels.Length);
var (test, train) = (order[..Held], order[Held..]);

var model = new Mlp(Pixels, hidden: [128], Classes).Initialize(seed: 2);
var steps = Epochs * (train.Length / Batch);
var adamw = new AdamW(model, learningRate: 3e-3) { Schedule = new CosineDecay(3e-3, steps) };
var shuffle = new Generator(seed: 3);
for (var epoch = 1; epoch <= Epochs; epoch++)
{
    var (turn, sum) = (shuffle.Permutation(train.Length), 0.0);
    for (var start = 0; start + Batch <= turn.Length; start += Batch)
    {
        var (x, y) = Pick([.. turn[start..(start + Batch)].Select(i => train[i])]);
        var (loss, gradients) = Gradients.Of(() => model.Forward(x).CrossEntropy(y));
        adamw.Step(gradients);
        sum += loss.Item();
    }
    if (epoch % 10 == 0)
        Console.WriteLine($"epoch {epoch}: loss {sum / (turn.Length / Batch):F4}");
}

var (unseen, truth) = Pick(test);
var matrix = new ConfusionMatrix(Classes);
matrix.Update(model.Forward(unseen).ArgMax(axis: 1), truth);
Console.WriteLine(matrix);
Console.WriteLine($"{matrix.Accuracy:P1} of {Held} unseen digits read rightly");
return matrix.Accuracy > 0.96 ? 0 : 1;

// The rows of a batch: [batch, 64] in 0 … 1, and their labels [batch].
(Tensor Images, Tensor Labels) Pick(int[] rows) =>
    (Tensor.From(rows.SelectMany(row => images[row]).ToArray(), [rows.Length, Pixels]), Tensor.From(rows.Select(row => labels[row]).ToArray()));

static (float[][] Images, long[] Labels) Digits([CallerFilePath] string here = "")
{
    using var file = File.OpenRead(Path.Combine(Path.GetDirectoryName(here)!, "..", "data", "digits.csv.gz"));
    using var text = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
    var rows = text.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(',').Select(cell => float.Parse(cell, CultureInfo.InvariantCulture)).ToArray()).ToArray();
    return ([.. rows.Select(row => row[..Pixels].Select(pixel => pixel / 16).ToArray())], [.. rows.Select(row => (long)row[Pixels])]);
}
