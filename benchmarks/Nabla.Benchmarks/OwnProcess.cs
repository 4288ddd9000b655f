using System.Diagnostics;
using Nabla.Benchmarks.Workloads;

namespace Nabla.Benchmarks;

/// <summary>This program again, in a process that does nothing else.</summary>
internal static class OwnProcess
{
    /// <summary>Runs it and returns what it has written. What it says besides is shown as it comes.</summary>
    /// <exception cref="InvalidOperationException">It ended with another code than 0.</exception>
    public static string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet")
            start.ArgumentList.Add(typeof(OwnProcess).Assembly.Location);
        string[] folders = WordPieces.Folder is { } vocabularies ? ["--model", MiniLm.Folder, "--vocabularies", vocabularies] : ["--model", MiniLm.Folder];
        Array.ForEach([.. arguments, .. folders], start.ArgumentList.Add);
        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0 ? output : throw new InvalidOperationException($"The process for {string.Join(' ', arguments)} ended with code {child.ExitCode}.");
    }
}
