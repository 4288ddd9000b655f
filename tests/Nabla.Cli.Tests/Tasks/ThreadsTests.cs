namespace Nabla.Cli.Tests.Tasks;

[CollectionDefinition(nameof(ThreadsTests), DisableParallelization = true)]
[Collection(nameof(ThreadsTests))]
public sealed class ThreadsTests
{
    [Theory]
    [InlineData("image"), InlineData("text"), InlineData("translate"), InlineData("characters"), InlineData("forecast")]
    public async Task Every_training_takes_the_number_of_threads(string task)
    {
        var before = Processor.Threads;
        try
        {
            Assert.Contains("--data is missing", (await Cli.Run("train", task, "--threads", "3")).Error, StringComparison.Ordinal);
            Assert.Equal(3, Processor.Threads);
        }
        finally
        {
            Processor.Threads = before;
        }
    }
}
