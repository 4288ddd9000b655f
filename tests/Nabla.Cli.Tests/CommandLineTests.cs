namespace Nabla.Cli.Tests;

public class CommandLineTests
{
    [Fact]
    public async Task Alone_it_shows_the_commands()
    {
        var outcome = await Cli.Run();
        Assert.Equal(0, outcome.Code);
        foreach (var command in new[] { "tour", "verify", "doctor" }) Assert.Contains(command, outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tour")]
    [InlineData("verify")]
    [InlineData("doctor")]
    public async Task Help_has_examples_and_exit_codes(string command)
    {
        var outcome = await Cli.Run(command, "--help");
        Assert.Equal(0, outcome.Code);
        Assert.Contains("Examples:", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"nabla {command}", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Exit codes:", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tour", "--chapter", "90")]
    [InlineData("tour", "--chapter", "one")]
    [InlineData("tour", "--loud")]
    [InlineData("verify")]
    [InlineData("verify", ".", "--group", "poems")]
    [InlineData("verify", ".", "--device", "abacus")]
    [InlineData("verify", "/no/such/folder")]
    [InlineData("detour")]
    public async Task Wrong_usage_is_2_and_says_why_in_lines_without_a_trace(params string[] arguments)
    {
        var outcome = await Cli.Run(arguments);
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.StartsWith("nabla: ", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task A_file_where_a_folder_should_be_is_wrong_usage()
    {
        using var folder = new Folder();
        folder.Write("file", "");
        var outcome = await Cli.Run("tour", "--chapter", "1", "--output", folder["file"]);
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.Contains("is a file", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_wrong_usage()
    {
        using var folder = new Folder();
        folder.Write("file", "");
        var outcome = await Cli.Run("tour", "--chapter", "1", "--output", Path.Combine(folder["file"], "below"));
        Assert.Equal(ExitCodes.Usage, outcome.Code);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_cancelled_ends_with_130()
    {
        using var folder = new Folder();
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(["tour", "--output", folder.Path], new Terminal(output, error), new CancellationToken(canceled: true));
        Assert.Equal(ExitCodes.Cancelled, code);
        Assert.False(File.Exists(folder["report.html"]));
    }
}
