namespace Nabla.Tests.Tensors;

/// <summary>They change the pool's settings for the whole process, so they run alone.</summary>
[CollectionDefinition(nameof(MemoryPoolTests), DisableParallelization = true)]
[Collection(nameof(MemoryPoolTests))]
public class MemoryPoolTests
{
    [Fact]
    public void Memory_that_no_tensor_refers_to_is_reused()
    {
        Memory.Trim();
        var before = Memory.Reserved;
        for (var i = 0; i < 2000; i++) _ = Tensor.Ones([1 << 20]);
        Assert.True(Memory.Reserved - before < 64 << 20, $"8 GB of dead tensors hold {(Memory.Reserved - before) >> 20} MB");
    }

    [Fact]
    public void Nothing_reads_memory_that_nobody_keeps_alive()
    {
        MemoryPool.HuntsStaleReads = true;
        try
        {
            var (w, x) = (Tensor.Normal([40, 60], generator: new Generator(1)), Tensor.Normal([50, 40], generator: new Generator(2)));
            for (var i = 0; i < 5; i++)
            {
                var (loss, gradients) = Gradients.Of(() => ((x.MatMul(w).Tanh() * 2).Transpose() - 1).Square().Mean(), w);
                Assert.True(double.IsFinite(loss.Item()));
                Assert.DoesNotContain(float.NaN, gradients[w].ToArray<float>());
                w -= gradients[w] * 0.1;
            }
        }
        finally
        {
            MemoryPool.HuntsStaleReads = false;
        }
    }

    [Fact]
    public void Beyond_the_budget_an_exception_lists_what_lives_and_work_goes_on()
    {
        var before = Memory.Budget;
        try
        {
            Memory.Budget = Memory.InUse + (64 << 20);
            var kept = Tensor.Zeros([4 << 20]);
            var error = Assert.Throws<OutOfMemoryException>(() => Tensor.Zeros([32 << 20]));
            Assert.Contains("Float32", error.Message, StringComparison.Ordinal);
            Assert.Contains("16.0 MB", error.Message, StringComparison.Ordinal);
            Assert.Equal(0, (kept + 1).Sum().Item() - (4 << 20));
        }
        finally
        {
            Memory.Budget = before;
        }
    }

    [Fact]
    public void A_view_keeps_the_memory_it_shows()
    {
        static Tensor LastRow() => Tensor.Arange(1 << 20).Reshape(1024, 1024)[^1];
        var row = LastRow();
        for (var i = 0; i < 100; i++) _ = Tensor.Zeros([1 << 20]);
        Memory.Trim();
        Assert.Equal(1023 * 1024, row[0].Item());
    }
}
