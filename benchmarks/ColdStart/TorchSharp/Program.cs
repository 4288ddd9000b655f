using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

// classify WEIGHTS: loads a perceptron, classifies one picture, prints the logits and the most memory that this took, in kilobytes.
using var mode = inference_mode();
var model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10));
model.load(args[0]);
var picture = tensor([.. Enumerable.Range(0, 784).Select(i => i * 37 % 101 / 101f)]);
Console.WriteLine(string.Join(' ', model.forward(picture).data<float>().ToArray().Select(logit => logit.ToString("R", CultureInfo.InvariantCulture))));
Console.WriteLine(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)));
