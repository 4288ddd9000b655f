using Nabla.Models;
using Nabla.Optimizers;
using Nabla.Tests.Tensors;

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
            Memory.Trim();
            return (Memory.Reserved, GC.GetTotalMemory(forceFullCollection: true));
        }
    }
}
