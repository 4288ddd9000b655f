using System.Text.Json.Nodes;

namespace Nabla.Training;

/// <summary>How far a training is: what its state holds besides tensors.</summary>
internal sealed class TrainingPosition
{
    /// <summary>Which form the note has: to be counted up when what it holds changes.</summary>
    public const int Format = 1;

    /// <summary>Steps taken.</summary>
    public long Step { get; set; }

    /// <summary>The epoch under way, from 0.</summary>
    public int Epoch { get; set; }

    /// <summary>Steps of the epoch under way.</summary>
    public long EpochSteps { get; set; }

    /// <summary>Steps of a whole epoch, once one has been seen.</summary>
    public long? StepsPerEpoch { get; set; }

    /// <summary>Where the epoch's data stands; null at its beginning.</summary>
    public JsonNode? Data { get; set; }

    /// <summary>Whether the model as it is has been evaluated.</summary>
    public bool IsEvaluated { get; set; }

    /// <summary>Evaluations since the last that early stopping counts as an improvement, and its metric.</summary>
    public int Waited { get; set; }

    public double? Counted { get; set; }

    public Evaluation? Last { get; set; }

    public Evaluation? Best { get; set; }

    /// <summary>Of the interval under way: steps, examples, Σ loss · examples, Σ norm.</summary>
    public (long Steps, double Examples, double Loss, double Norm) Interval { get; set; }

    /// <summary>Of the interval under way, for a loss of several terms: Σ mean · count and Σ count of each.</summary>
    public IReadOnlyList<(double Sum, double Count)> Terms { get; set; } = [];

    /// <summary>Of this and all earlier stretches.</summary>
    public double Seconds { get; set; }

    public JsonObject ToJson()
    {
        var note = Note();
        if (Terms.Count > 1) note["terms"] = new JsonArray([.. Terms.Select(term => (JsonNode)new JsonArray(term.Sum, term.Count))]);
        return note;
    }

    private JsonObject Note() => new()
    {
        ["format"] = Format, ["step"] = Step, ["epoch"] = Epoch, ["epochSteps"] = EpochSteps, ["stepsPerEpoch"] = StepsPerEpoch, ["data"] = Data?.DeepClone(),
        ["evaluated"] = IsEvaluated, ["waited"] = Waited, ["counted"] = Counted, ["last"] = ToJson(Last), ["best"] = ToJson(Best),
        ["interval"] = new JsonArray(Interval.Steps, Interval.Examples, Interval.Loss, Interval.Norm), ["seconds"] = Seconds,
    };

    public static TrainingPosition From(JsonObject note)
    {
        var interval = note["interval"]!.AsArray();
        double Number(int i) => interval[i]!.GetValue<double>();
        return new()
        {
            Step = note["step"]!.GetValue<long>(), Epoch = note["epoch"]!.GetValue<int>(), EpochSteps = note["epochSteps"]!.GetValue<long>(),
            StepsPerEpoch = note["stepsPerEpoch"]?.GetValue<long>(), Data = note["data"]?.DeepClone(), IsEvaluated = note["evaluated"]!.GetValue<bool>(),
            Waited = note["waited"]!.GetValue<int>(), Counted = note["counted"]?.GetValue<double>(), Last = Evaluation(note["last"]), Best = Evaluation(note["best"]),
            Interval = (interval[0]!.GetValue<long>(), Number(1), Number(2), Number(3)),
            Seconds = note["seconds"]!.GetValue<double>(),
            Terms = [.. (note["terms"]?.AsArray() ?? []).Select(term => (term![0]!.GetValue<double>(), term[1]!.GetValue<double>()))],
        };
    }

    private static JsonObject? ToJson(Evaluation? evaluation) => evaluation is null ? null : new()
    {
        ["step"] = evaluation.Step, ["epoch"] = evaluation.Epoch, ["metrics"] = MetricsLog.Numbers(evaluation.Metrics),
        ["average"] = evaluation.AverageMetrics is { } average ? MetricsLog.Numbers(average) : null, ["best"] = evaluation.IsBest, ["seconds"] = evaluation.Elapsed.TotalSeconds,
    };

    private static Evaluation? Evaluation(JsonNode? node) => node is null ? null : new(
        node["step"]!.GetValue<long>(), node["epoch"]!.GetValue<int>(), Metrics(node["metrics"]!), node["average"] is { } average ? Metrics(average) : null,
        node["best"]!.GetValue<bool>(), TimeSpan.FromSeconds(node["seconds"]!.GetValue<double>()));

    private static Dictionary<string, double> Metrics(JsonNode node) => node.AsObject().ToDictionary(metric => metric.Key, metric => metric.Value?.GetValue<double>() ?? double.NaN);
}
