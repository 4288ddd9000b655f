using System.Text.Json;
using Nabla.Checkpoints;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Schedules;
using Nabla.Text;

namespace Nabla.Cli.Verify;

/// <summary>
/// Sixty steps of fine-tuning on the first 960 rows of SICK, 16 pairs a step in their order, without dropout: the loss and the norm of the
/// gradients of each step are compared with those of transformers.
/// </summary>
internal sealed class MiniLmTraining(string model, BertTokenizer tokenizer, string head)
{
    const int Steps = 60, WarmUp = 6, Batch = 16, MostTokens = 128;
    const double Rate = 5e-5, WeightDecay = 0.01;

    static readonly string[] Classes = ["NEUTRAL", "ENTAILMENT", "CONTRADICTION"];

    public void Compare(Comparison comparison, string file, JsonElement expected, DType type, double tolerance)
    {
        var steps = Train(file, type).ToArray();
        var values = expected.GetProperty(type == DType.Float32 ? "float32" : "float64").EnumerateArray().Select(step =>
            (Loss: step[0].GetDouble(), Norm: step[1].GetDouble())).ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            comparison.Add($"the loss of step {i + 1}", [1.0], [steps[i].Loss / values[i].Loss], tolerance);
            comparison.Add($"the norm of the gradients of step {i + 1}", [1.0], [steps[i].Norm / values[i].Norm], tolerance * 10);
        }
    }

    IEnumerable<(double Loss, double Norm)> Train(string file, DType type)
    {
        var rows = File.ReadLines(file).Skip(1).Take(Steps * Batch).Select(line => line.Split('\t')).ToArray();
        var texts = tokenizer.EncodeBatch([.. rows.Select(row => (row[1], (string?)row[2]))],
            new() { Truncation = TruncationStrategy.LongestFirst, MaxLength = MostTokens });
        var classifier = new BertForSequenceClassification(BertConfiguration.Load(model) with { Labels = Classes, HiddenDropout = 0,
            AttentionDropout = 0, ClassifierDropout = 0 });
        BertCheckpoint.Load(classifier, model, newHead: true);
        using (var weights = Safetensors.Open(head)) classifier.Classifier.Weight.Set(weights["classifier.weight"]);
        classifier.To(type);
        static bool Decays(string path) => path.EndsWith("weight", StringComparison.Ordinal)
            && !path.Contains("norm", StringComparison.Ordinal);
        var adam = new AdamW([new(classifier, Decays), new(classifier, path => !Decays(path)) { WeightDecay = 0 }])
        {
            WeightDecay = WeightDecay, Schedule = new LinearDecay(Rate, Steps - WarmUp).WarmUp(WarmUp),
        };
        for (var start = 0; start < texts.Count; start += Batch)
        {
            var labels = Tensor.From(rows[start..(start + Batch)].Select(row => (long)Array.IndexOf(Classes, row[4].Trim())).ToArray());
            var (loss, gradients) = Gradients.Of(() =>
                classifier.Forward(BertInput.From([.. texts.Skip(start).Take(Batch)])).CrossEntropy(labels));
            var clipped = gradients.ClipNorm(1, out var norm);
            adam.Step(clipped);
            yield return (loss.Item(), norm);
        }
    }
}
