using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Benchmarks;

/// <summary>One row, measured. Times are milliseconds per unit of work; the ratio is peer ÷ Nabla of the minima; peaks are megabytes of a process of its own.</summary>
internal sealed record Result(
    string Name, string Peer, int Threads, double NablaMsMin, double NablaMsMedian, double PeerMsMin, double PeerMsMedian,
    double Ratio, double? PeakShare, double NablaPeakMb, double PeerPeakMb)
{
    static readonly JsonSerializerOptions options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    [JsonIgnore]
    public Goal? Goal { get; init; }

    [JsonIgnore]
    public bool MeetsGoal => Goal!.IsMetBy(Ratio, PeakShare);

    public static IReadOnlyList<Result> Read(string path) => JsonSerializer.Deserialize<Result[]>(File.ReadAllText(path), options)!;

    public static void Write(string path, IReadOnlyList<Result> results) => File.WriteAllText(path, JsonSerializer.Serialize(results, options) + "\n");
}
