using System.Diagnostics;

namespace Nabla.Benchmarks;

/// <summary>Attention over a text of 16,384 tokens, 8 heads of 64, forward and backward: its scores alone would be 8.6 GB, the process stays below one.</summary>
internal static class LongAttention
{
    const int Tokens = 16_384, Heads = 8, Width = 64;
    const double Allowed = 1e9;

    public static bool Holds()
    {
        Shape shape = [1, Heads, Tokens, Width];
        Tensor Of(ulong seed) => Tensor.Normal(shape, generator: new Generator(seed));
        var (query, key, value, upstream) = (Of(1), Of(2), Of(3), Of(4));
        var clock = Stopwatch.StartNew();
        var (y, gradients) = Gradients.Pullback(() => query.Attention(key, value, causal: true, dropout: 0.1, generator: new Generator(5)), upstream, query, key, value);
        var seconds = clock.Elapsed.TotalSeconds;
        var finite = double.IsFinite(y.Sum().Item()) && gradients.All(gradient => double.IsFinite(gradient.Value.Sum().Item()));
        using var process = Process.GetCurrentProcess();
        var peak = process.PeakWorkingSet64;
        Console.WriteLine(FormattableString.Invariant(
            $"{(finite && peak <= Allowed ? "holds" : "FAILS")}  causal attention of {Tokens:N0} tokens, {Heads} heads of {Width}, with dropout, forward and backward: {peak / 1e6:0} MB at most (allowed: {Allowed / 1e6:0}), {seconds:0.0} s"));
        return finite && peak <= Allowed;
    }
}
