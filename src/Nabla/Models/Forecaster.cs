using Nabla.Layers;

namespace Nabla.Models;

/// <summary>
/// Foretells the next values of a series from a window of those before: recurrent layers read the standardised window, and a linear layer on their last state says for all steps ahead at once how far
/// the series will have moved from its last value. A model that says nothing thus says that nothing changes.  windows: [batch, window] → [batch, horizon], both in the series' own units.
/// Values are standardised in float64 whatever the model computes in: windows of float64 keep the digits of a series that is large beside its changes, and get forecasts of float64.
/// </summary>
/// <param name="layers">An <see cref="Rnn"/>, <see cref="Lstm"/> or <see cref="Gru"/> of 1 input.</param>
/// <param name="horizon">How many steps ahead, 1 or more.</param>
/// <param name="mean">Of the values to learn from.</param>
/// <param name="deviation">Their standard deviation, above 0.</param>
public sealed partial class Forecaster(Recurrent layers, int horizon, double mean = 0, double deviation = 1) : IModule
{
    /// <summary>What reads the window.</summary>
    public Recurrent Layers { get; } = Fitting(layers);

    /// <summary>The changes.</summary>
    public Linear Output { get; } = new(layers.Hidden, horizon >= 1 ? horizon : throw new ArgumentOutOfRangeException(nameof(horizon), horizon, "Forecaster: a horizon of at least 1 is needed."));

    /// <summary>The mean that values are standardised by.</summary>
    public ModuleBuffer Mean { get; } = new(Tensor.Scalar(double.IsFinite(mean) ? mean : throw new ArgumentOutOfRangeException(nameof(mean), mean, "Forecaster: a finite mean is needed."), DType.Float64));

    /// <summary>The deviation that values are standardised by.</summary>
    public ModuleBuffer Deviation { get; } = new(Tensor.Scalar(deviation > 0 && double.IsFinite(deviation) ? deviation
        : throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "Forecaster: a deviation above 0 is needed. A series that never changes needs no model."), DType.Float64));

    /// <summary>The next values of each window, in the type of the window's.</summary>
    /// <exception cref="ArgumentException">windows is not [batch, window], or not of floats.</exception>
    public Tensor Forward(Tensor windows)
    {
        ArgumentNullException.ThrowIfNull(windows);
        if (windows.Rank != 2) throw new ArgumentException($"Forecaster: windows {windows.Shape}: [batch, window] is needed.");
        var (_, state) = Layers.Forward(Standardised(windows));
        return windows[.., ^1..] + Changes(state, windows.DType);   // [batch, horizon]
    }

    /// <summary>The next values of windows of any lengths, such as series that are still short.</summary>
    /// <param name="windows">Values [elements]</param>
    /// <returns>[batch, horizon]</returns>
    /// <exception cref="ArgumentException">windows is not [elements], or not of floats.</exception>
    public Tensor Forward(Ragged windows)
    {
        ArgumentNullException.ThrowIfNull(windows);
        if (windows.Values.Rank != 1) throw new ArgumentException($"Forecaster: windows {windows.Values.Shape}: [elements] is needed.");
        var (_, state) = Layers.Forward(windows.Map(Standardised));
        var last = windows.Values.IndexSelect(0, Tensor.From([.. windows.Offsets.Skip(1).Select(end => end - 1L)])).Unsqueeze(1);
        return last + Changes(state, windows.Values.DType);   // [batch, horizon]
    }

    /// <summary>[…] → […, 1], in the type that the model computes in.</summary>
    private Tensor Standardised(Tensor values) => !values.DType.IsFloat ? throw new ArgumentException($"Forecaster: windows of {values.DType}: floats are needed. Convert them: x.To(DType.Float64).")
        : ((values.To(DType.Float64) - Mean.Value.To(DType.Float64)) / Deviation.Value.To(DType.Float64)).To(Output.Weight.DType).Unsqueeze(-1);

    /// <summary>How far the series moves, in its own units: [batch, horizon]</summary>
    private Tensor Changes(RecurrentState state, DType dtype) => (Output.Forward(state.Hidden[^1]).To(DType.Float64) * Deviation.Value.To(DType.Float64)).To(dtype);

    private static Recurrent Fitting(Recurrent layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return layers is { Inputs: 1, IsBidirectional: false } ? layers
            : throw new ArgumentException($"Forecaster: layers of {layers.Inputs} inputs{(layers.IsBidirectional ? " and two directions" : "")}; 1 input and one direction are needed.", nameof(layers));
    }
}
