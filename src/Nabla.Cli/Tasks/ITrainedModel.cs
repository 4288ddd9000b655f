using System.Text.Json.Nodes;

namespace Nabla.Cli.Tasks;

/// <summary>A trained model, ready for <c>nabla evaluate</c> and <c>nabla predict</c>.</summary>
interface ITrainedModel
{
    /// <summary>Its metrics on the test part of the run's own data, or on all of other data.</summary>
    EvaluationResult Evaluate(string? data);

    /// <summary>The option of <c>nabla predict</c> that gives a second text for each input, behind a tab; null: there is none.</summary>
    string? SecondOption => null;

    /// <summary>What a user may not have meant by an argument of <c>nabla predict</c>.</summary>
    IEnumerable<string> Warnings(string argument);

    /// <summary>The inputs that an argument of <c>nabla predict</c> stands for: the images of a folder, a text.</summary>
    IEnumerable<string> Inputs(string argument);

    /// <summary>A prediction for each input.</summary>
    /// <param name="inputs">What <see cref="Inputs"/> returned.</param>
    /// <param name="top">How many alternatives, the likeliest first.</param>
    IEnumerable<Prediction> Predict(IReadOnlyList<string> inputs, int top);
}

/// <summary>How well a checkpoint does on data.</summary>
/// <param name="Count">How many examples there were.</param>
/// <param name="Metrics">By name.</param>
/// <param name="Lines">In words: a headline, then details.</param>
sealed record EvaluationResult(long Count, IReadOnlyDictionary<string, double> Metrics, IReadOnlyList<string> Lines)
{
    /// <summary>What JSON calls the number of examples.</summary>
    public string CountName { get; init; } = "examples";
}

/// <summary>What a model predicts for an input.</summary>
/// <param name="Markup">In a line.</param>
/// <param name="Json">For scripts.</param>
sealed record Prediction(string Markup, JsonObject Json);
