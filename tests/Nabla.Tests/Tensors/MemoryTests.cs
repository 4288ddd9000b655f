using System.Diagnostics;
using Nabla.Layers;
using Nabla.Models;
using Nabla.Optimizers;

namespace Nabla.Tests.Tensors;

/// <summary>They measure the whole process, so they run alone.</summary>
[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
[Collection(nameof(MemoryTests))]
public sealed partial class MemoryTests
{
    /// <summary>Set where a test runs in a process of its own.</summary>
    const string Apart = "NABLA_TEST_APART";

    sealed partial class Network : IModule
    {
        public Parameter W1 { get; } = new([32, 16], (shape, generator) => Tensor.Normal(shape, 0, 0.2, generator));
        public Parameter B1 { get; } = new([32], (shape, _) => Tensor.Zeros(shape));
        public Parameter W2 { get; } = new([4, 32], (shape, generator) => Tensor.Normal(shape, 0, 0.2, generator));
        public Parameter B2 { get; } = new([4], (shape, _) => Tensor.Zeros(shape));
        public Tensor Forward(Tensor x) => x.Linear(W1, B1).Gelu().LayerNorm().Linear(W2, B2);
    }

    [Fact]
    public void Ten_thousand_training_steps_hold_a_flat_footprint()
    {
        var network = new Network().Initialize(1);
        var adam = new Adam(network, learningRate: 1e-3);
        var (x, labels) = (Tensor.Normal([64, 16], generator: new Generator(1)), Tensor.Arange(64, DType.Int64) - (4 * (Tensor.Arange(64) / 4).Floor().To(DType.Int64)));
        void Train(int steps)
        {
            for (var step = 0; step < steps; step++)
            {
                var (_, gradients) = Gradients.Of(() => network.Forward(x + (step * 1e-4)).CrossEntropy(labels));
                adam.Step(gradients);
            }
        }
        Train(1000);
        Memory.Trim();
        var (pool, managed) = (Memory.Reserved, GC.GetTotalMemory(forceFullCollection: true));
        Train(10_000);
        Assert.InRange(Memory.Reserved - pool, long.MinValue, 128 << 20);
        Memory.Trim();
        Assert.InRange(Memory.Reserved - pool, long.MinValue, 1 << 20);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - managed, long.MinValue, 1 << 20);
    }

    /// <summary>Without a tape nothing tells the pool when a tensor is dead, and hardly a size comes twice.</summary>
    [Fact]
    public void Ten_thousand_predictions_of_random_lengths_hold_a_flat_footprint()
    {
        var model = new BertForSequenceClassification(new() { VocabularySize = 50, HiddenSize = 16, HiddenLayers = 1, AttentionHeads = 2,
            IntermediateSize = 32, MaxPositions = 60, Labels = ["a", "b", "c"] }).Initialize(1);
        var generator = new Generator(2);
        double Run(int predictions)
        {
            var sum = 0.0;
            for (var i = 0; i < predictions; i++)
            {
                int[][] texts = [.. Enumerable.Range(0, 1 + generator.NextInt(8)).Select(_ =>
                    Enumerable.Range(0, 1 + generator.NextInt(60)).Select(_ => generator.NextInt(50)).ToArray())];
                sum += model.Forward(new BertInput(Ragged.From(texts))).Softmax().Sum(1).Mean().Item();
            }
            return sum / predictions;
        }
        Assert.Equal(1, Run(2000), 1e-5);
        var (pool, managed) = (Memory.Reserved, GC.GetTotalMemory(forceFullCollection: true));
        Assert.Equal(1, Run(10_000), 1e-5);
        Assert.InRange(Memory.Reserved - pool, long.MinValue, pool / 8);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - managed, long.MinValue, 1 << 20);
    }

    [Theory]
    [InlineData(1 << 21)]         // 8 MiB, to the byte what the pool hands out before it looks for dead blocks
    [InlineData((1 << 21) + 5)]
    [InlineData(3 << 18)]
    public void A_chain_of_dropped_results_keeps_to_a_few_blocks_without_full_collections(int length)
    {
        var (x, z) = (Tensor.Ones([length]), Tensor.Ones([length]));
        void Chain(int times)
        {
            for (var i = 0; i < times; i++) (x + z).Relu();
        }
        Chain(100);
        Memory.Trim();
        var (reserved, collections) = (Memory.Reserved, GC.CollectionCount(2));
        Chain(200);
        Assert.InRange(Memory.Reserved - reserved, 0, 64 << 20);
        Assert.InRange(GC.CollectionCount(2) - collections, 0, 20);
    }

    [Fact]
    public void Results_of_changing_lengths_share_their_blocks()
    {
        Memory.Trim();
        var reserved = Memory.Reserved;
        for (var i = 0; i < 400; i++) Tensor.Zeros([(1 << 18) + (i * 7919 % 400 * 9000)]);   // 1 to 15 MB, in 31 sizes of blocks, dropped at once
        Assert.InRange(Memory.Reserved - reserved, 0, 100 << 20);
    }

    /// <summary>
    /// Every op, while each allocation collects garbage and spoils what it frees: a kernel that lets its input die reads NaN. Thousands of
    /// full collections take a minute on the heap that the suite leaves behind; so this one has a process of its own.
    /// </summary>
    [Fact]
    public async Task No_op_reads_memory_that_nobody_keeps_alive()
    {
        if (Environment.GetEnvironmentVariable(Apart) is null)
        {
            await RunApart(nameof(No_op_reads_memory_that_nobody_keeps_alive));
            return;
        }
        MemoryPool.HuntsStaleReads = true;
        try
        {
            foreach (var @case in Ops.OpCase.All)
            {
                // Inputs that nobody but the op and the tape refers to.
                Tensor[] inputs = [.. @case.Inputs.Select(x => x.To(DType.Float32))];
                Tensor Result() => @case.Of([.. inputs.Select(x => (x + 1) - 1)]);
                var upstream = Tensor.Ones(Result().Shape);
                var (result, gradients) = Gradients.Pullback(Result, upstream, inputs);
                Assert.All(gradients.Select(pair => pair.Value).Append(result), x => Assert.True(double.IsFinite(x.Sum().Item()), @case.Name));
            }
        }
        finally
        {
            MemoryPool.HuntsStaleReads = false;
        }
    }

    /// <summary>Runs a test of this class in another process of this program.</summary>
    static async Task RunApart(string test)
    {
        var program = Path.ChangeExtension(typeof(MemoryTests).Assembly.Location, OperatingSystem.IsWindows() ? "exe" : null);
        var start = new ProcessStartInfo(program, ["-method", $"{typeof(MemoryTests).FullName}.{test}"]) { RedirectStandardOutput = true };
        start.Environment[Apart] = "1";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0 && output.Contains("Total: 1, Errors: 0, Failed: 0", StringComparison.Ordinal), output);
    }

    [Fact]
    public void More_than_two_billion_elements_can_be_made_indexed_and_cut()
    {
        var x = Tensor.Full([3, 720_000_000], 1, DType.Bool);
        Assert.True(x.Length > int.MaxValue);
        Assert.True(x[2, ^1].Item<bool>());
        Assert.Equal([true, true], x[2, ^2..].ToArray<bool>());
        Assert.Contains("slice the tensor first", Assert.Throws<InvalidOperationException>(() => { _ = x.AsSpan<bool>().Length; }).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => x.ToArray<bool>());
        Assert.Equal("[[True True True ... True True True]\n [True True True ... True True True]\n [True True True ... True True True]]", x.ToString());
    }

    [Fact]
    public void Beyond_two_gigabytes_arithmetic_and_sums_reach_the_last_element()
    {
        const int Length = 540_000_000;
        var x = Tensor.Full([Length], 0.5) * 3;
        Assert.Equal(1.5, x[^1].Item());
        Assert.Equal(1.5 * Length, x.Sum().Item(), 1e-6 * Length);
    }
}
