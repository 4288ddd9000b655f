using System.Text.Json.Nodes;
using Nabla.Metrics;
using Spectre.Console;

namespace Nabla.Cli.Tasks;

/// <summary>A trained model that assigns classes.</summary>
/// <param name="classes">What its classes are called.</param>
abstract class TrainedClassifier(IReadOnlyList<string> classes) : ITrainedModel
{
    /// <summary>Characters of an input that are printed beside its classes.</summary>
    const int MostPrinted = 60;

    public abstract EvaluationResult Evaluate(string? data);

    public virtual IEnumerable<string> Warnings(string argument) => [];

    public abstract IEnumerable<string> Inputs(string argument);

    public IEnumerable<Prediction> Predict(IReadOnlyList<string> inputs, int top)
    {
        var probabilities = Probabilities();
        return inputs.Select(input =>
            Predicted(input, [.. classes.Zip(probabilities(input)).OrderByDescending(one => one.Second).Take(top)]));
    }

    /// <summary>Throws unless the model is to predict alone.</summary>
    public static void RequireOne(IReadOnlyList<TrainedRun> others)
    {
        if (others.Count > 0) throw new UserException("--with: only models of `nabla train translate` predict together. Leave it out.");
    }

    /// <summary>The model as a function from an input to the probability of each class.</summary>
    protected abstract Func<string, float[]> Probabilities();

    /// <summary>The numbers that the model has for the classes of other data, which may be fewer and in another order.</summary>
    protected int[] LabelsOf(string data, IReadOnlyList<string> names)
    {
        var known = classes.Index().ToDictionary(one => one.Item, one => one.Index, StringComparer.Ordinal);
        var labels = names.Select(name => known.GetValueOrDefault(name, -1)).ToArray();
        return Array.IndexOf(labels, -1) is >= 0 and var stranger
            ? throw new UserException($"{data} has the class {names[stranger]}, which the run does not know. It knows " +
                $"{string.Join(", ", classes)}.") : labels;
    }

    /// <summary>A headline, then each class.</summary>
    protected EvaluationResult Result(string headline, long examples, IReadOnlyDictionary<string, double> metrics,
        ConfusionMatrix matrix) =>
        new(examples, metrics, [headline, "", .. matrix.Report(classes).ToString(3).Split('\n')]);

    /// <summary>An input with its likeliest classes.</summary>
    public static Prediction Predicted(string input, (string Name, float Probability)[] likeliest)
    {
        var names = likeliest.Select((one, i) =>
            Invariant($"[{(i == 0 ? "bold" : "grey")}]{Markup.Escape(one.Name)} {one.Probability:0.0%}[/]"));
        var line = $"{Markup.Escape(Short(input))}   {string.Join("   ", names)}";
        JsonArray json = [.. likeliest.Select(one => new JsonObject { ["name"] = one.Name, ["probability"] = (double)one.Probability })];
        return new(line, new JsonObject { ["input"] = input, ["classes"] = json });
    }

    /// <summary>An input in a line: the beginning of a text.</summary>
    static string Short(string input)
    {
        if (File.Exists(input)) return input;
        var line = string.Join(' ', input.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MostPrinted ? line : $"{line[..(MostPrinted - 1)]}…";
    }
}
