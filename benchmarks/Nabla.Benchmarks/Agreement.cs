namespace Nabla.Benchmarks;

/// <summary>Both sides must compute the same before either is timed.</summary>
internal static class Agreement
{
    /// <summary>Throws unless the outputs are as many, as long and as large as each other, within the workload's tolerance.</summary>
    public static void Check(Workload workload, float[][] ours, float[][] theirs, string peer)
    {
        if (ours.Length != theirs.Length)
            throw new DisagreementException($"{workload.Name}: Nabla gives {ours.Length} outputs, {Engines.Title(peer)} {theirs.Length}.");
        for (var output = 0; output < ours.Length; output++)
            Check(workload, output, ours[output], theirs[output], peer);
    }

    static void Check(Workload workload, int output, float[] ours, float[] theirs, string peer)
    {
        if (ours.Length != theirs.Length)
            throw new DisagreementException($"{workload.Name}, output {output}: {ours.Length} values from Nabla, {theirs.Length} from {Engines.Title(peer)}.");
        if (workload.ComparesNorms)
        {
            CheckNorm(workload, output, ours, theirs, peer);
            return;
        }
        var largest = theirs.Max(Math.Abs);
        for (var i = 0; i < ours.Length; i++)
            if (!(Math.Abs(ours[i] - theirs[i]) <= workload.ToleranceOf(output) * largest))
                throw new DisagreementException(FormattableString.Invariant(
                    $"{workload.Name}, output {output}, element {i}: Nabla {ours[i]:R}, {Engines.Title(peer)} {theirs[i]:R}; allowed: {workload.ToleranceOf(output)} of {largest:R}."));
    }

    static void CheckNorm(Workload workload, int output, float[] ours, float[] theirs, string peer)
    {
        var (apart, norm) = (Norm(ours.Zip(theirs, (our, their) => (double)our - their)), Norm(theirs.Select(their => (double)their)));
        if (!(apart <= workload.ToleranceOf(output) * norm))
            throw new DisagreementException(FormattableString.Invariant(
                $"{workload.Name}, output {output}: Nabla and {Engines.Title(peer)} are {apart:R} apart; allowed: {workload.ToleranceOf(output)} of the norm {norm:R}."));
    }

    static double Norm(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));
}

/// <summary>Two sides of a workload gave different outputs.</summary>
internal sealed class DisagreementException(string message) : Exception(message);
