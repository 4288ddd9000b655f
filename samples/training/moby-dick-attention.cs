#:project ../../src/Nabla/Nabla.csproj

// Trains the language model that chapter 9 of the tour looks into, three minutes on two cores, and saves it.   dotnet run -c Release samples/training/moby-dick-attention.cs [FILE]
using System.IO.Compression;
using System.Runtime.CompilerServices;
using Nabla;
using Nabla.Checkpoints;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Schedules;
using Nabla.Text;

const int Length = 128, Batch = 16, Steps = 4000;
const double Rate = 4e-3;

var text = Novel();
var tokenizer = CharacterTokenizer.Train([text]);
var ids = Array.ConvertAll(tokenizer.Ids(text), id => (long)id);
var training = ids.Length * 95 / 100;   // the last twentieth is held out

var model = new CharacterTransformer(tokenizer.Count, Length, new(Width: 64, Heads: 8, Inner: 128) { NormFirst = true, Gelu = true }, layers: 2).Initialize(seed: 9);
var adamw = new AdamW(model, Rate) { Schedule = new CosineDecay(Rate, Steps).WarmUp(100) };
var random = new Random(9);
var sum = 0.0;
for (var step = 1; step <= Steps; step++)
{
    var (x, next) = Pick(() => random.Next(training - Length - 1));
    var (loss, gradients) = Gradients.Of(() => model.Forward(x).CrossEntropy(next));
    adamw.Step(gradients.ClipNorm(1));
    sum += loss.Item();
    if (step % 200 != 0) continue;
    Console.WriteLine($"step {step}: {sum / 200 / Math.Log(2):F3} bits per character");
    sum = 0;
}

var at = training;
var (unseen, truth) = Pick(() => (at += Length) - Length);
var bits = model.Forward(unseen).CrossEntropy(truth).Item() / Math.Log(2);
Console.WriteLine($"{bits:F3} bits per character of text that it has not seen");
Checkpoint.Save(model, args is [var file] ? file : "moby-dick-attention.safetensors");
return bits < 2.6 ? 0 : 1;

// So many stretches of the text and what follows each of their characters: [batch, length] both.
(Tensor Ids, Tensor Next) Pick(Func<int> place)
{
    var places = Enumerable.Range(0, Batch).Select(_ => place()).ToArray();
    Tensor From(int offset) => Tensor.From(places.SelectMany(start => ids[(start + offset)..(start + offset + Length)]).ToArray(), [Batch, Length]);
    return (From(0), From(1));
}

static string Novel([CallerFilePath] string here = "")
{
    using var file = File.OpenRead(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "data", "moby-dick.txt.gz"));
    using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
    return reader.ReadToEnd();
}
