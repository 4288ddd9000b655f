namespace Nabla.Checkpoints;

/// <summary>
/// Saves a model's parameters and buffers under their paths, and loads them: <c>Checkpoint.Save(model, "model.safetensors")</c>.
/// </summary>
public static partial class Checkpoint
{
    /// <summary>
    /// Sets the model's parameters and buffers from a checkpoint in any format that <see cref="Weights.Open"/> takes. Strict: everything
    /// must fit, else nothing is changed. Not strict: what fits is loaded, the rest keeps its value. Numbers become the type that the model
    /// has there: Float64 in a module that was moved to it. Parameters that are loaded before their first use are never initialised.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file, or the folder of a model as Hugging Face lays it out.</param>
    /// <param name="map">From the file's names to the model's paths; null: they are the same.</param>
    /// <param name="strict">Whether a missing, unexpected or misshapen name is an error.</param>
    /// <returns>What was loaded and what did not fit.</returns>
    /// <exception cref="CheckpointException">
    /// The file is damaged; tied names have different values; or strict and something does not fit: the message lists it.
    /// </exception>
    public static LoadReport Load(IModule model, string path, KeyMap? map = null, bool strict = true)
    {
        using var weights = Weights.Open(path);
        return Load(model, weights, map, strict);
    }

    /// <inheritdoc cref="Load(IModule, string, KeyMap?, bool)"/>
    /// <param name="model">The model.</param>
    /// <param name="weights">The checkpoint, which stays open.</param>
    /// <param name="map">From the file's names to the model's paths; null: they are the same.</param>
    /// <param name="strict">Whether a missing, unexpected or misshapen name is an error.</param>
    public static LoadReport Load(IModule model, Weights weights, KeyMap? map = null, bool strict = true)
    {
        ArgumentNullException.ThrowIfNull(weights);
        map ??= new KeyMap();
        var names = new FileNames(weights, map);
        var comparison = new Comparison(names, map, ModelTensor.Of(Members.Of(model)));
        if (strict && !comparison.Report.IsComplete) throw new CheckpointException(comparison.Report);
        foreach (var match in comparison.Matches) match.Set(weights);
        return comparison.Report;
    }
}
