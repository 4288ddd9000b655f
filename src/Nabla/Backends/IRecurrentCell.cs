namespace Nabla.Backends;

/// <summary>Up to four values of one unit: those of its gates.</summary>
internal readonly record struct Gates<V>(V A, V B, V C, V D) where V : struct;

/// <summary>What a unit carries from step to step: its hidden value and, in an LSTM, its cell.</summary>
internal readonly record struct Carried<V>(V Hidden, V Cell) where V : struct;

/// <summary>
/// One step of a recurrent network as a formula of single units: from the projections of the input and of the last hidden state, gate by gate, to the next hidden value. A struct: its
/// fields are its attributes.
/// </summary>
internal interface IRecurrentCell
{
    /// <summary>How many values per unit the projections have, at most 4.</summary>
    static abstract int Gates { get; }

    /// <summary>1: a hidden state; 2: and a cell.</summary>
    static abstract int States { get; }

    /// <summary>How many values per unit the way back needs beside the states, at most 4.</summary>
    static abstract int Kept { get; }

    /// <summary>Whether the gradients of the two projections are the same.</summary>
    static abstract bool AddsProjections { get; }

    /// <summary>The next states.</summary>
    Carried<V> Next<V>(in Gates<V> input, in Gates<V> recurrent, in Carried<V> before, out Gates<V> kept) where V : struct, ILane<V>;

    /// <summary>
    /// From the gradient that arrives at the states after the step to those of the projections and, the path through the recurrent projection left out, of the states before it.
    /// </summary>
    Carried<V> Back<V>(in Gates<V> kept, in Carried<V> before, in Carried<V> after, in Carried<V> gradient, out Gates<V> input, out Gates<V> recurrent) where V : struct, ILane<V>;
}
