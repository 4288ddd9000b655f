using Microsoft.Extensions.AI;
using Nabla;
using Nabla.Extensions.AI;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Text;

// A native program that learns which points lie in a ring, and is then asked about two of them.
var points = Tensor.Uniform([512, 2], -1, 1, new Generator(seed: 1));
var labels = ((points.Square().Sum(axis: 1).Sqrt() - 0.6).Abs() < 0.2).To(DType.Int64);

var model = new RingClassifier(hidden: 32).Initialize(seed: 3);
var adam = new Adam(model, learningRate: 0.01);
for (var step = 0; step <= 300; step++)
{
    var (loss, gradients) = Gradients.Of(() => model.Forward(points).CrossEntropy(labels));
    adam.Step(gradients);
    if (step % 100 == 0)
        Console.WriteLine($"step {step}: loss {loss.Item():F4}");
}

var asked = Tensor.From(new float[,] { { 0.6f, 0 }, { 0.1f, 0.1f } });
var answers = model.Forward(asked).Softmax()[.., 1].ToArray<float>();
Console.WriteLine($"in the ring: (0.6, 0) with probability {answers[0]:P0}, (0.1, 0.1) with {answers[1]:P0}");

// It embeds a text too; the vectors of a model that normalizes have length 1.
string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "white", "whale", "##s"];
var configuration = new BertConfiguration
{
    VocabularySize = vocabulary.Length, HiddenSize = 16, HiddenLayers = 2, AttentionHeads = 2, IntermediateSize = 32, MaxPositions = 16,
};
var tokenizer = new BertTokenizer(vocabulary);
var embedder = new SentenceEmbedder(tokenizer, new Bert(configuration), new() { Normalizes = true }).Initialize(seed: 5);
using var generator = new NablaEmbeddingGenerator(embedder);
var embedding = await generator.GenerateAsync("A white whale");
var length = Math.Sqrt(embedding.Vector.ToArray().Sum(x => (double)x * x));
Console.WriteLine($"the vector of a text: {embedding.Dimensions} dimensions, length {length:F4}");
return answers is [> 0.5f, < 0.5f] && Math.Abs(length - 1) < 1e-5 ? 0 : 1;

/// <summary>Two hidden layers. x: [batch, 2] → logits [batch, 2]</summary>
sealed partial class RingClassifier(int hidden) : ILayer
{
    public Linear First { get; } = new(2, hidden);
    public Linear Second { get; } = new(hidden, hidden);
    public Linear Head { get; } = new(hidden, 2);
    public Tensor Forward(Tensor x) => Head.Forward(Second.Forward(First.Forward(x).Relu()).Relu());
}
