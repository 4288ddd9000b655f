using System.Globalization;
using Nabla;
using Nabla.Checkpoints;
using Nabla.Models;

// classify WEIGHTS: loads a perceptron, classifies one picture, prints the logits and the most memory that this took, in kilobytes.
var model = new Mlp(784, [128], 10);
Checkpoint.Load(model, args[0]);
var picture = Tensor.From([.. Enumerable.Range(0, 784).Select(i => i * 37 % 101 / 101f)]);
Console.WriteLine(string.Join(' ', model.Forward(picture).ToArray<float>().Select(logit => logit.ToString("R", CultureInfo.InvariantCulture))));
Console.WriteLine(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)));
