using Nabla.Benchmarks.Workloads;
using static TorchSharp.torch;

namespace Nabla.Benchmarks;

/// <summary>What training must keep besides its speed; each prints what it sees and returns whether it holds.</summary>
internal static class Checks
{
    const int ParitySteps = 100;

    /// <summary>What may be asked for by name.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Trainings.All.Select(training => training.Name), Translations.Name];

    /// <summary>
    /// From the same weights and over the same batches of real pictures or text, the loss must be TorchSharp's at every step. In float32 there stands beside it how far TorchSharp is from
    /// its own float64: so far rounding alone leads. In deep networks of ReLUs that is far, so they are compared in float64 on both sides.
    /// </summary>
    public static bool Parity(string name, bool float64)
    {
        if (name == Translations.Name)
            return Agree(Translations.Parity(float64));
        var training = Trainings.WithRealData(name);
        float64 |= training.PartsByRounding;
        var (type, theirType) = float64 ? (DType.Float64, ScalarType.Float64) : (DType.Float32, ScalarType.Float32);
        var (ours, theirs) = (training.Ours(training.Ours().To(type)), training.Theirs(training.Theirs(theirType)));
        var exact = float64 ? null : training.Theirs(training.Theirs(ScalarType.Float64));
        var batches = Trainings.RealBatches(training, ParitySteps);
        return Agree(step =>
        {
            var (inputs, labels) = batches[step % batches.Length];
            using var x = training.TheirInputs(inputs);
            using var wide = training.Symbols is null ? x.to(ScalarType.Float64) : x.alias();
            using var y = tensor(labels);
            var our = training.OurInputs(inputs);
            return (ours(training.Symbols is null ? our.To(type) : our, training.OurLabels(labels)), theirs(float64 ? wide : x, y), exact?.Invoke(wide, y));
        });
    }

    /// <summary>Prints the losses of both sides and, where they compute in float32, of TorchSharp in float64, and returns whether they agree.</summary>
    static bool Agree(Func<int, (double Ours, double Theirs, double? Exact)> losses)
    {
        const int interval = 10;
        const double allowed = 1e-3;
        var (worst, rounding) = (0.0, 0.0);
        Console.WriteLine("step     Nabla TorchSharp   Nabla and TorchSharp   TorchSharp and its float64");
        for (var step = 1; step <= ParitySteps; step++)
        {
            var (our, their, truth) = losses(step);
            var apart = Math.Abs(our - their) / Math.Abs(their);
            var theirsApart = truth is { } exact ? Math.Abs(their - exact) / Math.Abs(exact) : (double?)null;
            (worst, rounding) = (Math.Max(worst, apart), Math.Max(rounding, theirsApart ?? 0));
            if (step % interval == 0)
                Console.WriteLine(FormattableString.Invariant($"{step,4} {our,9:0.000000} {their,10:0.000000}   {apart,20:0.0e+0}   {theirsApart,26:0.0e+0}"));
        }
        var holds = worst <= allowed;
        Console.WriteLine(FormattableString.Invariant($"The losses {(holds ? "agree" : "DIFFER")}: {worst:0.0e+0} apart at most, allowed {allowed:0.0e+0}{(rounding > 0 ? $"; TorchSharp from its float64: {rounding:0.0e+0}" : "")}."));
        return holds;
    }

    /// <summary>
    /// Long training must hold its memory: once warm, the process may not grow by more than a few per cent. What it holds for five readings on end
    /// counts: the runtime compiles in the background, which takes megabytes for a second or two.
    /// </summary>
    public static bool Soak(string name)
    {
        const int interval = 500, warm = 2_000, lasting = 5;
        const double allowed = 0.05;
        // Sequences are of another length in each step.
        var (run, steps) = name == Translations.Name ? (Translations.Soak(), 5_000) : OfTraining(Trainings.Of(name));
        var (first, later) = (0L, new List<long>());
        Console.WriteLine("  step   resident   in tensors   collections");
        for (var step = 1; step <= steps; step++)
        {
            run();
            if (step % interval != 0)
                continue;
            var resident = Environment.WorkingSet;
            if (step <= warm)
                first = Math.Max(first, resident);
            else
                later.Add(resident);
            Console.WriteLine(FormattableString.Invariant($"{step,6} {resident / 1e6,7:0.0} MB {Memory.InUse / 1e6,9:0.0} MB {GC.CollectionCount(0),13}"));
        }
        var growth = (double)Enumerable.Range(0, later.Count - lasting + 1).Max(i => later.Skip(i).Take(lasting).Min()) / first - 1;
        Console.WriteLine(FormattableString.Invariant($"{(growth <= allowed ? "Memory is flat" : "Memory GROWS")}: {100 * growth:0.0}% after step {warm}, allowed {100 * allowed:0}%."));
        return growth <= allowed;
    }

    static (Action Run, int Steps) OfTraining(TrainingWorkload training) => training.Symbols is null ? (training.Row.Nabla().Run, 12_000) : (training.OfVaryingLengths(), 5_000);
}
