using Nabla.Optimizers;

namespace Nabla.Tests.Autograd;

public sealed partial class ConcurrencyTests
{
    sealed partial class Network : IModule
    {
        public Parameter Embedding { get; } = new([50, 64], (shape, generator) => Tensor.Normal(shape, 0, 0.3, generator));
        public Parameter W { get; } = new([128, 64], (shape, generator) => Tensor.Normal(shape, 0, 0.3, generator));
        public Parameter Head { get; } = new([50, 128], (shape, generator) => Tensor.Normal(shape, 0, 0.3, generator));
        public Tensor Forward(Tensor ids) => ids.Embedding(Embedding).Linear(W).Tanh().Linear(Head).LogSoftmax();
    }

    static Tensor Ids(int seed) => Tensor.Uniform([9, 7], 0, 50, new Generator((ulong)seed)).Floor().To(DType.Int64);

    [Fact]
    public void Inference_on_one_model_from_many_threads_gives_what_one_thread_gives()
    {
        var (model, fresh) = (new Network().Initialize(1), new Network().Initialize(1));
        var expected = Enumerable.Range(0, 40).Select(i => model.Forward(Ids(i)).ToArray<float>()).ToArray();
        // A model that no thread has used yet: its parameters come into being, and are packed, while all read them.
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => Assert.Equal(expected[i % 40], fresh.Forward(Ids(i % 40)).ToArray<float>()));
    }

    [Fact]
    public void Training_on_one_thread_is_not_disturbed_by_inference_and_training_on_others()
    {
        static float[] Train()
        {
            var model = new Network().Initialize(2);
            var adam = new Adam(model, learningRate: 1e-2);
            for (var step = 0; step < 20; step++)
            {
                var ids = Ids(step);
                var (_, gradients) = Gradients.Of(() => -model.Forward(ids).Mean());
                adam.Step(gradients);
            }
            return model.Head.Value.ToArray<float>();
        }
        var alone = Train();
        var used = new Network().Initialize(1);
        Parallel.For(0, 12, new ParallelOptions { MaxDegreeOfParallelism = 6 }, i =>
        {
            if (i % 2 == 0) Assert.Equal(alone, Train());
            else
                for (var k = 0; k < 50; k++) Assert.True(float.IsFinite(used.Forward(Ids(k)).Max().Item<float>()));
        });
    }

    [Fact]
    public void A_tape_is_its_threads_own()
    {
        var x = Tensor.Scalar(3);
        var recordedElsewhere = false;
        var (_, gradients) = Gradients.Of(() =>
        {
            var other = new Thread(() => recordedElsewhere = Mode.IsTraining);
            other.Start();
            other.Join();
            return x * x;
        }, x);
        Assert.False(recordedElsewhere);
        Assert.Equal(6, gradients[x].Item());
    }
}
