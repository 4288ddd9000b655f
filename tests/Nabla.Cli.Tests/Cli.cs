using System.Diagnostics;
using Nabla.Cli;

namespace Nabla.Cli.Tests;

/// <summary>What a command line came to.</summary>
sealed record Outcome(int Code, string Output, string Error);

/// <summary>Runs command lines as a user would.</summary>
static class Cli
{
    /// <summary>In this process.</summary>
    public static async Task<Outcome> Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(arguments, new Terminal(output, error), TestContext.Current.CancellationToken);
        return new(code, output.ToString(), error.ToString());
    }

    /// <summary>As a process of its own, its streams redirected. It opens no pipes for debuggers, which would stay in the temporary folder where it is killed.</summary>
    public static Process Start(params string[] arguments) => Start([], arguments);

    /// <summary>The same, with environment variables of its own.</summary>
    public static Process Start(Dictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CommandLine).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["DOTNET_EnableDiagnostics"] = "0" },
        };
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>The folder of reference values.</summary>
    public static string Reference => Path.Combine(AppContext.BaseDirectory, "reference");
}

/// <summary>A folder that goes away with the test.</summary>
sealed class Folder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("nabla-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Write(string name, string text) => File.WriteAllText(this[name], text);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
