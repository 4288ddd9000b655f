namespace Nabla.Benchmarks;

/// <summary>One side of a workload, ready to run: what is timed, and what has to agree with the other side.</summary>
internal sealed record Side(Action Run, Func<float[][]> Outputs);

/// <summary>What a row is to reach: how many times faster than the peer, and where it says so, which share of the FMA peak.</summary>
internal sealed record Goal(double Ratio, double? PeakShare = null)
{
    public override string ToString() => FormattableString.Invariant($"≥ {Ratio:0.0}×") + (PeakShare is { } share ? FormattableString.Invariant($", ≥ {100 * share:0}% of peak") : "");

    public bool IsMetBy(double ratio, double? peakShare) => ratio >= Ratio && (PeakShare is null || peakShare >= PeakShare);
}

/// <summary>A peer's side of a workload, and how far Nabla is to be ahead of it.</summary>
internal sealed record Peer(Func<Side> Side, Goal Goal);

/// <summary>The same work, written once for Nabla and once for each peer: same shapes, same data, same maths.</summary>
internal sealed record Workload(string Name, string Work, Func<Side> Nabla, IReadOnlyDictionary<string, Peer> Peers)
{
    /// <summary>With TorchSharp and, where it can do the same, ONNX Runtime, with which Nabla is to keep up.</summary>
    public Workload(string name, string work, Goal goal, Func<Side> nabla, Func<Side> torch, Func<Side>? onnx = null)
        : this(name, work, nabla, new Dictionary<string, Peer> { [Engines.TorchSharp] = new(torch, goal) })
    {
        if (onnx is not null)
            Peers = new Dictionary<string, Peer>(Peers) { [Engines.OnnxRuntime] = new(onnx, new(1)) };
    }

    /// <summary>Floating-point operations of one unit of work; 0 where a share of the peak says nothing.</summary>
    public double Flops { get; init; }

    /// <summary>How many units of work one run does.</summary>
    public int Units { get; init; } = 1;

    /// <summary>The largest difference allowed between the outputs, as a share of the largest value.</summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>The same for the output of a number, where they differ in it.</summary>
    public Func<int, double> ToleranceOf { get => field ?? (_ => Tolerance); init; }

    /// <summary>Whether it is the norms of the outputs and of their difference that are compared, instead of every element.</summary>
    public bool ComparesNorms { get; init; }

    /// <summary>The most memory that a side needs, in megabytes, where its work is not done in this process.</summary>
    public Func<string, double>? PeakMegabytes { get; init; }

    /// <summary>What the row lacks to run here; null: nothing.</summary>
    public Func<string?> Lacks { get; init; } = () => null;

    public Func<Side> this[string side] => side == Engines.Nabla ? Nabla : Peers[side].Side;
}
