using Nabla.Backends.Cpu;
using Nabla.Layers;
using Nabla.Optimizers;

namespace Nabla.Tests.Autograd;

/// <summary>They set the number of threads of the whole process, so they run alone.</summary>
[CollectionDefinition(nameof(DeterminismTests), DisableParallelization = true)]
[Collection(nameof(DeterminismTests))]
public sealed partial class DeterminismTests
{
    sealed partial class Network : IModule
    {
        public Parameter W1 { get; } = new([256, 96], (shape, generator) => Tensor.Normal(shape, 0, 0.1, generator));
        public Parameter B1 { get; } = new([256], (shape, generator) => Tensor.Normal(shape, 0, 0.1, generator));
        public Parameter W2 { get; } = new([10, 256], (shape, generator) => Tensor.Normal(shape, 0, 0.1, generator));
        public Parameter B2 { get; } = new([10], (shape, _) => Tensor.Zeros(shape));
        public Tensor Forward(Tensor x) => x.Linear(W1, B1).Gelu().Linear(W2, B2);
    }

    static float[] Train(int threads)
    {
        var before = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = threads;
            var (x, labels) = (Tensor.Normal([317, 96], generator: new Generator(1)), (Tensor.Uniform([317], 0, 10, new Generator(2)) - 0.5).To(DType.Int64));
            var network = new Network().Initialize(3);
            var adam = new Adam(network, learningRate: 1e-2);
            var losses = new List<float>();
            for (var step = 0; step < 5; step++)
            {
                var (loss, gradients) = Gradients.Of(() => network.Forward(x).CrossEntropy(labels));
                adam.Step(gradients.ClipNorm(1));
                losses.Add(loss.Item<float>());
            }
            return [.. losses, .. network.W1.Value.ToArray<float>(), .. network.B2.Value.ToArray<float>()];
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    static float[] Attend(int threads)
    {
        var before = ThreadTeam.Threads;
        try
        {
            ThreadTeam.Threads = threads;
            var layer = new MultiHeadAttention(16, 4, dropout: 0.3).Initialize(3);
            var x = new Ragged(Tensor.Normal([330, 16], generator: new Generator(1)), 30, 200, 100);
            using var scope = new Generator(8).AsDefault();
            var (loss, gradients) = Gradients.Of(() => layer.Forward(x).Values.Square().Mean());
            return [loss.Item<float>(), .. gradients[layer.Query.Weight].ToArray<float>(), .. gradients[layer.Value.Weight].ToArray<float>()];
        }
        finally
        {
            ThreadTeam.Threads = before;
        }
    }

    [Theory, InlineData(2), InlineData(5)]
    public void Attention_with_dropout_gives_the_same_bits_for_any_number_of_threads(int threads) => Assert.Equal(Attend(1), Attend(threads));

    [Theory, InlineData(2), InlineData(3), InlineData(7)]
    public void Training_gives_the_same_bits_for_any_number_of_threads(int threads) => Assert.Equal(Train(1), Train(threads));

    [Fact]
    public void Training_twice_gives_the_same_bits() => Assert.Equal(Train(2), Train(2));
}
