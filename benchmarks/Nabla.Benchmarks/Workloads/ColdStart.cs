using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Nabla.Checkpoints;
using Nabla.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Nabla.Benchmarks.Workloads;

/// <summary>
/// From the start of a process to its first prediction and its end: a program that loads a perceptron and classifies one picture. Each side is published as its users would
/// ship it, Nabla's by NativeAOT, TorchSharp's self-contained and compiled ahead.
/// </summary>
internal static class ColdStart
{
    const int Pixels = 784, Hidden = 128, Classes = 10;
    const double LargestShare = 0.1;

    public static Workload Row { get; } = new(
        "cold-start", $"a process from its start to its first prediction, {Pixels}-{Hidden}-{Classes}; at most {LargestShare:0.0} of the megabytes on disk", new(4),
        () => Run(Program(Engines.Nabla), OurWeights()), () => Run(Program(Engines.TorchSharp), TheirWeights()))
    { PeakMegabytes = Peak };

    static readonly Lazy<string> folder = new(() => Directory.CreateTempSubdirectory("nabla-cold-start-").FullName);
    static readonly Dictionary<string, string> programs = [];

    static Side Run(string program, string weights) => new(() => Output(program, weights), () => [[.. Output(program, weights)[0].Split(' ').Select(number => float.Parse(number, CultureInfo.InvariantCulture))]]);

    /// <summary>The lines the program prints: its logits, and the most memory it had.</summary>
    static string[] Output(string program, string weights)
    {
        using var process = Process.Start(new ProcessStartInfo(program, weights) { RedirectStandardOutput = true })!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return process.ExitCode == 0 && lines.Length == 2 ? lines : throw new InvalidOperationException($"{program} ended with code {process.ExitCode}.");
    }

    /// <summary>The published program. Once both sides have one, their sizes are compared: they are part of the goal.</summary>
    static string Program(string side)
    {
        if (!programs.TryGetValue(side, out var program))
        {
            programs[side] = program = Path.Combine(Publish(Engines.Title(side)), "classify");
            if (programs.ContainsKey(Engines.Nabla) && programs.ContainsKey(Engines.TorchSharp))
                CompareSizes();
        }
        return program;
    }

    static string Publish(string project, [CallerFilePath] string here = "")
    {
        var output = Path.Combine(folder.Value, project);
        var source = Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "ColdStart", project);
        using var publish = Process.Start(new ProcessStartInfo("dotnet", ["publish", "-c", "Release", source, "-o", output]) { RedirectStandardOutput = true })!;
        var said = publish.StandardOutput.ReadToEnd();
        publish.WaitForExit();
        return publish.ExitCode == 0 ? output : throw new InvalidOperationException($"{source} cannot be published:\n{said}");
    }

    static void CompareSizes()
    {
        var (ours, theirs) = (Megabytes(Engines.Nabla), Megabytes(Engines.TorchSharp));
        Console.Error.WriteLine(FormattableString.Invariant($"cold-start on disk: Nabla {ours:0.0} MB, TorchSharp {theirs:0.0} MB, 1/{theirs / ours:0}"));
        if (ours > LargestShare * theirs)
            throw new InvalidOperationException("cold-start: Nabla takes more than its share of the disk.");
    }

    static double Megabytes(string side) => new DirectoryInfo(Path.GetDirectoryName(programs[side])!).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) / 1e6;

    /// <summary>From a line such as <c>VmHWM: 12345 kB</c>.</summary>
    static double Peak(string side)
    {
        var line = Output(Program(side), side == Engines.Nabla ? OurWeights() : TheirWeights())[1];
        return double.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    static float[] Values(int place, long count) => Benchmarks.Values.Uniform(place, count, 0.05);

    static string OurWeights()
    {
        var (model, file) = (new Mlp(Pixels, [Hidden], Classes), Path.Combine(folder.Value, "weights.safetensors"));
        foreach (var ((_, parameter), i) in model.Parameters().Select((member, i) => (member, i)))
            parameter.Set(Tensor.From(Values(i, parameter.Shape.Length), parameter.Shape));
        Checkpoint.Save(model, file);
        return file;
    }

    static string TheirWeights()
    {
        var (model, file) = (nn.Sequential(nn.Linear(Pixels, Hidden), nn.ReLU(), nn.Linear(Hidden, Classes)), Path.Combine(folder.Value, "weights.dat"));
        using var quiet = no_grad();
        foreach (var (parameter, i) in model.parameters().Select((parameter, i) => (parameter, i)))
            parameter.copy_(TorchSide.From(Values(i, parameter.numel()), parameter.shape));
        model.save(file);
        return file;
    }
}
