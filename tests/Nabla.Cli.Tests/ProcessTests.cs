using System.Diagnostics;

namespace Nabla.Cli.Tests;

public class ProcessTests
{
    [Fact]
    public async Task Redirected_output_is_plain()
    {
        using var folder = new Folder();
        using var process = Cli.Start("tour", "--chapter", "1", "--output", folder.Path);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        Assert.DoesNotContain('\e', output);
        Assert.Contains(folder["report.html"], output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["report.html"]));
    }

    [Fact]
    public async Task Ctrl_C_ends_the_process_with_130()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        using var folder = new Folder();
        using var process = Cli.Start("tour", "--output", folder.Path);
        // The first line says that the command is at work.
        await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        using (var kill = Process.Start("kill", ["-INT", $"{process.Id}"])) await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ExitCodes.Cancelled, process.ExitCode);
    }
}
