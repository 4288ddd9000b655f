using Nabla.Initializers;

namespace Nabla.Layers;

/// <summary>
/// Adds a trained vector to each place of a sequence (Gehring et al. 2017, §3.1; Devlin et al. 2019).  x: [.., time, width] → same, time ≤ length. First values normal with deviation 0.02.
/// </summary>
/// <param name="length">How many places have a vector: no sequence may be longer.</param>
/// <param name="width">The length of a vector.</param>
public sealed partial class LearnedPositions(int length, int width) : ILayer
{
    /// <summary>The table: [length, width]</summary>
    public Parameter Weight { get; } = new(length >= 1 && width >= 1 ? [length, width]
        : throw new ArgumentOutOfRangeException(nameof(length), $"LearnedPositions: a table [{length}, {width}]: at least 1 place and a width of at least 1 are needed."), Initialize.Normal(deviation: 0.02));

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The sequences are longer than the table, or of another width.</exception>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank < 2 || x.Shape[^1] != width) throw new ArgumentException($"LearnedPositions: x {x.Shape}: [.., time, {width}] is needed.");
        Demand(x.Shape[^2]);
        return x + Weight.Value[..x.Shape[^2]];
    }

    /// <summary>Sequences with the vectors of their places added, each from 0 on.  Values: [elements, width] → same.</summary>
    /// <exception cref="ArgumentException">A sequence is longer than the table, or the width is another.</exception>
    public Ragged Forward(Ragged x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Values.Rank != 2 || x.Values.Shape[1] != width) throw new ArgumentException($"LearnedPositions: x {x.Values.Shape}: [elements, {width}] is needed.");
        for (var i = 0; i < x.Count; i++) Demand(x.Length(i));
        return x.With(x.Values + x.Places().Embedding(Weight));
    }

    /// <summary>x with the vector of one place added to each row.  x: [rows, width] → same.</summary>
    internal Tensor AddTo(Tensor x, int place)
    {
        Demand(place + 1);
        return x + Weight.Value[place];
    }

    private void Demand(int time)
    {
        if (time > length) throw new ArgumentException($"LearnedPositions: a sequence of {time} elements, the table has places for {length}. Cut the sequence, or make a longer table.");
    }
}
