using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Tests.Tensors;
using Nabla.Text;

namespace Nabla.Tests.Models;

/// <summary>Measures the pool and the heap of the whole process, so it runs alone.</summary>
[Collection(nameof(MemoryPoolTests))]
public class SteadyTrainingTests
{
    /// <summary>What the last steps may leave behind: a few of them, where a leak of a single kilobyte a step would be more.</summary>
    const long Slack = 1 << 20;

    [Fact]
    public void A_thousand_training_steps_hold_no_more_memory_than_the_first_hundreds()
    {
        var model = new Mlp(64, [64, 32], 10).Initialize(seed: 1);
        var optimizer = new Adam(model);
        var generator = new Generator(1);
        var (x, labels) = (Tensor.Normal([32, 64], generator: generator), Tensor.Arange(32, DType.Int64));
        labels -= labels / 10 * 10;

        var early = After(200);
        var late = After(1500);
        Assert.True(late.Reserved <= early.Reserved + Slack, $"the pool grew from {early.Reserved} to {late.Reserved} bytes");
        Assert.True(late.Heap <= early.Heap + Slack, $"the heap grew from {early.Heap} to {late.Heap} bytes");

        (long Reserved, long Heap) After(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                var (loss, gradients) = Gradients.Of(() => model.Forward(x).CrossEntropy(labels));
                optimizer.Step(gradients);
                Assert.True(double.IsFinite(loss.Item()));
            }
            return Now();
        }
    }

    /// <summary>Every batch has lengths of its own, so that hardly a size of tensor comes twice; every tenth step writes, too.</summary>
    [Fact]
    public void Training_on_sequences_of_ever_other_lengths_holds_no_more_memory_than_its_first_steps()
    {
        var model = new Seq2Seq(new(20, 20, new(16, 2, 32) { Dropout = 0.1 }) { EncoderLayers = 1, DecoderLayers = 1 }).Initialize(1);
        var optimizer = new Adam(model);
        var generator = new Generator(2);
        Ragged Tokens()
        {
            int[] lengths = [.. Enumerable.Range(0, 6).Select(_ => 1 + generator.NextInt(12))];
            return new((Tensor.Uniform([lengths.Sum()], 0, 20, generator) - 0.5).To(DType.Int64), lengths);
        }
        var early = After(150);
        var late = After(600);
        Assert.True(late.Reserved <= early.Reserved + Slack, $"the pool grew from {early.Reserved} to {late.Reserved} bytes");
        Assert.True(late.Heap <= early.Heap + Slack, $"the heap grew from {early.Heap} to {late.Heap} bytes");

        (long Reserved, long Heap) After(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                var (source, target) = (Tokens(), Tokens());
                var (_, gradients) = Gradients.Of(() => model.Forward(source, target).Values.LogSoftmax().Mean());
                optimizer.Step(gradients);
                if (step % 10 == 0) new BeamSearch(0, 1, 8, 2).Run(model.Begin(source));
            }
            return Now();
        }
    }

    static (long Reserved, long Heap) Now()
    {
        Memory.Trim();
        return (Memory.Reserved, GC.GetTotalMemory(forceFullCollection: true));
    }
}
